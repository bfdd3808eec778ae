using System.Globalization;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RecDeepRL.Data.Populations;

/// <summary>Fits a <see cref="VaeGenerator"/>. Every draw comes from the seed; on one number of threads the same fit comes out each time.</summary>
internal sealed class VaeTraining : IDisposable
{
    private readonly Marginal[] _marginals;
    private readonly Parameter[] _encoder;
    private readonly Parameter[] _decoder;
    private readonly int _bins;
    private readonly int _latentSize;

    private VaeTraining(Marginal[] marginals, int width, VaeOptions options, RandomStream start)
    {
        _marginals = marginals;
        _latentSize = options.LatentSize;
        _encoder = Layers(start, 0, width, options.HiddenSize, options.HiddenSize, 2 * options.LatentSize);
        _decoder = Layers(start, 100, options.LatentSize, options.HiddenSize, options.HiddenSize, width);
        _bins = options.Bins;
    }

    public static VaeGenerator Run(Profiles profiles, VaeOptions options, long seed, Action<string>? progress)
    {
        using var scope = NewDisposeScope();
        var data = Encoded(profiles, options.Bins);
        using var training = new VaeTraining([.. profiles.Features.Select(Marginal.Of)], (int)data.size(1), options, new RandomStream(seed, "profiles:vae:start"));
        training.Train(data, options, seed, progress);
        return new VaeGenerator(training._marginals, options.Bins, Layers(training._decoder));
    }

    public void Dispose()
    {
        foreach (var parameter in _encoder.Concat(_decoder))
            parameter.Dispose();
    }

    private void Train(Tensor data, VaeOptions options, long seed, Action<string>? progress)
    {
        var rows = (int)data.size(0);
        var (order, noise) = (new RowDraws(seed, "vae:order"), new RandomStream(seed, "profiles:vae:noise"));
        using var optimizer = optim.Adam([.. _encoder, .. _decoder], options.LearningRate);
        var step = 0L;
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            optimizer.ParamGroups.First().LearningRate = options.LearningRate * .5 * (1 + Math.Cos(Math.PI * epoch / options.Epochs));
            var shuffled = order.Shuffled(epoch, rows);
            var total = 0.0;
            for (var first = 0; first < rows; first += options.BatchSize)
            {
                using var scope = NewDisposeScope();
                var batch = shuffled[first..Math.Min(rows, first + options.BatchSize)];
                var loss = Loss(data.index_select(0, tensor(Array.ConvertAll(batch, row => (long)row))), noise.Normal(step++, CPU, batch.Length, _latentSize), options.ReconstructionWeight);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                total += loss.item<float>() * batch.Length;
            }
            if (!double.IsFinite(total))
                throw new UserMistakeException($"The vae's loss was no number any more in epoch {epoch + 1}. Give a smaller learningRate than {OptionOf(options.LearningRate)}.");
            if ((epoch + 1) % Math.Max(1, options.Epochs / 10) == 0)
                progress?.Invoke($"vae: epoch {epoch + 1} of {options.Epochs}, loss {OptionOf(Math.Round(total / rows, 4))}");
        }
    }

    /// <summary>The negative evidence lower bound, mean over the batch.</summary>
    private Tensor Loss(Tensor batch, Tensor noise, double reconstructionWeight)
    {
        var encoded = Forward(_encoder, batch);
        var mean = encoded.narrow(1, 0, _latentSize);
        var logVariance = encoded.narrow(1, _latentSize, _latentSize);
        var decoded = Forward(_decoder, mean + (noise * (logVariance * .5).exp()));
        var divergence = (mean.square() + logVariance.exp() - logVariance - 1).sum(1) * .5;
        var reconstruction = zeros(batch.size(0));
        var place = 0;
        foreach (var marginal in _marginals)
        {
            var width = VaeGenerator.WidthOf(marginal, _bins);
            reconstruction -= (batch.narrow(1, place, width) * decoded.narrow(1, place, width).log_softmax(1)).sum(1);
            place += width;
        }
        return ((reconstruction * reconstructionWeight) + divergence).mean();
    }

    private static Tensor Forward(Parameter[] layers, Tensor input)
    {
        for (var layer = 0; layer < layers.Length; layer += 2)
            input = nn.functional.linear(layer == 0 ? input : input.relu(), layers[layer], layers[layer + 1]);
        return input;
    }

    /// <summary>[rows, width] float32: a column of 0 and 1 for each bin or category.</summary>
    private static Tensor Encoded(Profiles profiles, int bins)
    {
        var parts = profiles.Features.Select(feature =>
        {
            var (codes, count) = feature is CategoryFeature category ? (category.Codes, category.Labels.Length) : (Binned(((ScaleFeature)feature).Values, bins), bins);
            return nn.functional.one_hot(tensor(Array.ConvertAll(codes, code => (long)code)), count).to_type(ScalarType.Float32);
        });
        return cat([.. parts], 1);
    }

    /// <summary>The bin of each value by its rank. Equal values lie in as many bins as they fill, so that bins stay of equal frequency.</summary>
    private static int[] Binned(double[] values, int bins)
    {
        var rows = Enumerable.Range(0, values.Length).OrderBy(row => values[row]).ToArray();
        var codes = new int[values.Length];
        for (var rank = 0; rank < rows.Length; rank++)
            codes[rows[rank]] = (int)((rank + .5) * bins / rows.Length);
        return codes;
    }

    /// <summary>Linear layers that start uniform within ±1/√inputs: weight and bias in turn.</summary>
    private static Parameter[] Layers(RandomStream start, int firstDraw, params int[] widths) =>
    [
        .. Enumerable.Range(0, widths.Length - 1).SelectMany(layer =>
        {
            var bound = 1 / Math.Sqrt(widths[layer]);
            return new[]
            {
                new Parameter(start.Uniform(firstDraw + (2 * layer), CPU, widths[layer + 1], widths[layer]).mul_(2 * bound).sub_(bound)),
                new Parameter(start.Uniform(firstDraw + (2 * layer) + 1, CPU, widths[layer + 1]).mul_(2 * bound).sub_(bound)),
            };
        }),
    ];

    private static VaeLayer[] Layers(Parameter[] parameters) =>
    [
        .. Enumerable.Range(0, parameters.Length / 2).Select(layer => new VaeLayer(
            (int)parameters[2 * layer].size(1), (int)parameters[2 * layer].size(0),
            parameters[2 * layer].data<float>().ToArray(), parameters[(2 * layer) + 1].data<float>().ToArray())),
    ];

    private static string OptionOf(double value) => value.ToString(CultureInfo.InvariantCulture);
}
