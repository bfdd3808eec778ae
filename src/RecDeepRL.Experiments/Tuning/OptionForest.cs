using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.FastTree;

namespace RecDeepRL.Experiments.Tuning;

/// <summary>One run of a search.</summary>
/// <param name="Candidate">Which candidate, from 0.</param>
/// <param name="Numbers">A number for every option that is searched.</param>
/// <param name="Score">How far ahead of the start it was, without what its seed did to all alike.</param>
internal sealed record ScoredSetting(int Candidate, float[] Numbers, double Score);

/// <summary>A random forest (ML.NET's FastForest) from options to scores. The same examples give the same forest.</summary>
internal sealed class OptionForest
{
    private const int Trees = 100;
    private const int Folds = 5;
    private const string Features = nameof(Row.Features);

    private readonly MLContext _context;
    private readonly SchemaDefinition _schema;
    private readonly ITransformer _model;

    private OptionForest(MLContext context, SchemaDefinition schema, ITransformer model)
    {
        _context = context;
        _schema = schema;
        _model = model;
    }

    /// <param name="examples">At least one.</param>
    public static OptionForest Fit(IReadOnlyList<ScoredSetting> examples)
    {
        var context = new MLContext(seed: 1);
        var schema = SchemaDefinition.Create(typeof(Row));
        var optionCount = examples[0].Numbers.Length;
        schema[Features].ColumnType = new VectorDataViewType(NumberDataViewType.Single, optionCount);
        var data = context.Data.LoadFromEnumerable(examples.Select(example => new Row { Features = example.Numbers, Label = (float)example.Score }), schema);
        var trainer = context.Regression.Trainers.FastForest(new FastForestRegressionTrainer.Options
        {
            NumberOfTrees = Trees,
            // Deep trees, each grown on a part of the runs: one alone would learn the noise, their mean does not.
            NumberOfLeaves = Math.Max(2, examples.DistinctBy(example => example.Candidate).Count()),
            MinimumExampleCountPerLeaf = 1,
            BaggingSize = 1,
            BaggingExampleFraction = .7,
            FeatureFraction = 1,
            FeatureFractionPerSplit = optionCount > 2 ? .7 : 1,
            NumberOfThreads = 1,
            Seed = 1,
        });
        return new OptionForest(context, schema, trainer.Fit(data));
    }

    /// <summary>How well forests foretell candidates that they have not seen: 1 − squared errors / squared deviations from the mean, of the candidates' mean scores.</summary>
    public static double LeftOutFit(IReadOnlyList<ScoredSetting> examples)
    {
        var means = examples.GroupBy(example => example.Candidate).Select(group => (group.First().Candidate, group.First().Numbers, Mean: group.Average(one => one.Score))).ToList();
        var center = means.Average(one => one.Mean);
        var (errors, deviations) = (0.0, means.Sum(one => Square(one.Mean - center)));
        var folds = Math.Min(Folds, means.Count);
        for (var fold = 0; fold < folds; fold++)
        {
            var left = means.Where((_, place) => place % folds == fold).ToList();
            var forest = Fit([.. examples.Where(example => left.TrueForAll(one => one.Candidate != example.Candidate))]);
            errors += left.Zip(forest.Predict([.. left.Select(one => one.Numbers)]), (one, predicted) => Square(one.Mean - predicted)).Sum();
        }
        return deviations > 0 ? 1 - (errors / deviations) : double.NaN;
    }

    public IReadOnlyList<double> Predict(IReadOnlyList<float[]> settings)
    {
        var data = _context.Data.LoadFromEnumerable(settings.Select(setting => new Row { Features = setting }), _schema);
        return [.. _model.Transform(data).GetColumn<float>("Score").Select(score => (double)score)];
    }

    private static double Square(double value) => value * value;

    private sealed class Row
    {
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }
}
