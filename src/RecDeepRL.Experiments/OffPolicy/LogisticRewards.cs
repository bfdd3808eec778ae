using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Experiments.OffPolicy;

/// <summary>P(response) = σ(b + bᵢ + cₖ + xᵤᵀ(w + vᵢ)): a logistic regression on item i, slot k and the user's standardised features xᵤ, which act on
/// all items alike (w) and on each in its own way (vᵢ). Without user features it knows items and slots alone.</summary>
/// <remarks>By ML.NET's L-BFGS, one thread, penalty 1 on the squared coefficients (the bias is free). Where all responses are equal, they are the answer.</remarks>
internal sealed class LogisticRewards : IRewardModel
{
    private readonly double[] _features; // [U, D], standardised; D may be 0
    private readonly double[] _bySlotAndItem; // [K, N]
    private readonly double[] _byFeature; // [D, N]
    private readonly Layout _layout;

    private LogisticRewards(double[] features, double[] bySlotAndItem, double[] byFeature, Layout layout) =>
        (_features, _bySlotAndItem, _byFeature, _layout) = (features, bySlotAndItem, byFeature, layout);

    /// <param name="slates">Which slates of the rows to learn from; at least one.</param>
    /// <exception cref="UserMistakeException">Responses other than 0 and 1.</exception>
    public static IRewardModel Fit(LoggedRows rows, int[] slates, Population population, long seed)
    {
        if (rows.Responses.Any(response => response is not 0 and not 1))
            throw new UserMistakeException($"--reward-model was logistic, but the log holds the response {rows.Responses.First(response => response is not 0 and not 1)}; it needs responses of 0 or 1. Use --reward-model item-mean.");
        var chosen = slates.SelectMany(slate => Enumerable.Range(slate * rows.SlateSize, rows.SlateSize)).ToArray();
        if (chosen.Select(row => rows.Responses[row]).Distinct().Count() == 1)
            return new ItemMeanRewards(rows, slates);
        var features = Standardised(population, out var width);
        var layout = new Layout(rows.ItemCount, rows.SlateSize, width);
        var weights = Train(rows, chosen, layout, features, seed);
        var bySlotAndItem = weights.Slots.SelectMany(slot => weights.Items.Select(item => weights.Bias + slot + item));
        var byFeature = weights.Shared.SelectMany((shared, feature) => Enumerable.Range(0, layout.Items).Select(item => shared + weights.Own[(item * width) + feature]));
        return new LogisticRewards(features, [.. bySlotAndItem], [.. byFeature], layout);
    }

    public Tensor Predict(int[] users)
    {
        using var scope = NewDisposeScope();
        var logits = tensor(_bySlotAndItem, [1, _layout.Slots, _layout.Items]).expand(users.Length, -1, -1);
        if (_layout.Features > 0)
        {
            double[] features = [.. users.SelectMany(user => _features.AsSpan(user * _layout.Features, _layout.Features).ToArray())];
            logits = logits + tensor(features, [users.Length, _layout.Features]).mm(tensor(_byFeature, [_layout.Features, _layout.Items])).unsqueeze(1);
        }
        return logits.sigmoid().MoveToOuterDisposeScope();
    }

    /// <returns>[U, D], each feature of mean 0 and variance 1 over the population; constant ones are 0.</returns>
    private static double[] Standardised(Population population, out int width)
    {
        width = 0;
        if (population.UserFeatures is not { } given)
            return [];
        using var scope = NewDisposeScope();
        width = (int)given.size(1);
        var features = given.cpu().to_type(ScalarType.Float64);
        var spread = features.std(0, unbiased: false, keepdim: true);
        return ((features - features.mean([0], keepdim: true)) / spread.masked_fill(spread.eq(0), 1)).contiguous().data<double>().ToArray();
    }

    private static (double Bias, double[] Items, double[] Slots, double[] Shared, double[] Own) Train(LoggedRows rows, int[] chosen, Layout layout, double[] features, long seed)
    {
        var context = new MLContext((int)(seed & int.MaxValue));
        var schema = SchemaDefinition.Create(typeof(Example));
        schema[nameof(Example.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, layout.Width);
        // A list: an enumerable would be made anew in every pass of the optimiser.
        var examples = chosen.Select(row => new Example
        {
            Label = rows.Responses[row] == 1,
            Features = layout.Encode(rows.Items[row], row % rows.SlateSize, features.AsSpan(rows.Users[row / rows.SlateSize] * layout.Features, layout.Features)),
        }).ToList();
        var trainer = context.BinaryClassification.Trainers.LbfgsLogisticRegression(new LbfgsLogisticRegressionBinaryTrainer.Options
        {
            L1Regularization = 0,
            L2Regularization = 1,
            NumberOfThreads = 1,
        });
        var model = trainer.Fit(context.Data.LoadFromEnumerable(examples, schema)).Model.SubModel;
        double[] weights = [.. model.Weights.Select(weight => (double)weight)];
        return (model.Bias, weights[..layout.Items], weights[layout.Items..layout.SharedStart], weights[layout.SharedStart..layout.OwnStart], weights[layout.OwnStart..]);
    }

    /// <summary>Places of the coefficients: items, slots, shared features, features of each item.</summary>
    private sealed record Layout(int Items, int Slots, int Features)
    {
        public int SharedStart => Items + Slots;

        public int OwnStart => SharedStart + Features;

        public int Width => OwnStart + (Items * Features);

        public VBuffer<float> Encode(int item, int slot, ReadOnlySpan<double> features)
        {
            var places = new int[2 + (2 * Features)];
            var values = new float[places.Length];
            (places[0], values[0], places[1], values[1]) = (item, 1, Items + slot, 1);
            for (var feature = 0; feature < Features; feature++)
            {
                (places[2 + feature], values[2 + feature]) = (SharedStart + feature, (float)features[feature]);
                (places[2 + Features + feature], values[2 + Features + feature]) = (OwnStart + (item * Features) + feature, (float)features[feature]);
            }
            return new VBuffer<float>(Width, places.Length, values, places);
        }
    }

    private sealed class Example
    {
        public bool Label { get; set; }

        public VBuffer<float> Features { get; set; }
    }
}
