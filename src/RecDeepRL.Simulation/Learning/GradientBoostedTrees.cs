using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.FastTree;

namespace RecDeepRL.Simulation.Learning;

/// <summary>Gradient-boosted regression trees with the logistic loss (MART; Friedman 2001), by ML.NET's FastTree.</summary>
/// <remarks>FastTree rather than LightGBM: it needs no OpenMP of the system's, which may be absent and would share its threads with libtorch, and its
/// outcome is the same for every number of threads.</remarks>
internal sealed class GradientBoostedTrees
{
    private readonly MLContext _context;
    private readonly BinaryPredictionTransformer<CalibratedModelParametersBase<FastTreeBinaryModelParameters, PlattCalibrator>> _model;
    private readonly int _width;

    /// <param name="rows">Features of the training pairs, each of length <paramref name="width"/>; asked for several times.</param>
    /// <param name="width">D, at least 1.</param>
    public GradientBoostedTrees(IEnumerable<(float[] Features, bool Positive)> rows, int width, BoostingOptions options, long seed, int threads)
    {
        _width = width;
        _context = new MLContext((int)(seed & int.MaxValue));
        _model = _context.BinaryClassification.Trainers.FastTree(new FastTreeBinaryTrainer.Options
        {
            NumberOfTrees = options.Trees,
            NumberOfLeaves = options.Leaves,
            LearningRate = options.LearningRate,
            MinimumExampleCountPerLeaf = options.MinimumPairsPerLeaf,
            NumberOfThreads = threads,
            Seed = (int)(seed & int.MaxValue),
            FeatureSelectionSeed = (int)(seed & int.MaxValue),
        }).Fit(View(rows));
    }

    /// <returns>Log-odds of a positive response, in the order of the rows.</returns>
    public double[] LogOdds(IEnumerable<float[]> rows) =>
    [
        .. _context.Data.CreateEnumerable<Output>(_model.Transform(View(rows.Select(features => (features, false)))), reuseRowObject: true)
            .Select(output => Math.Log(Held(output.Probability) / (1 - Held(output.Probability)))),
    ];

    private static double Held(float probability) => Math.Clamp(probability, ProbabilityQuality.LeastProbability, 1 - ProbabilityQuality.LeastProbability);

    private IDataView View(IEnumerable<(float[] Features, bool Positive)> rows)
    {
        var schema = SchemaDefinition.Create(typeof(Input));
        schema[nameof(Input.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, _width);
        return _context.Data.LoadFromEnumerable(rows.Select(row => new Input { Features = row.Features, Label = row.Positive }), schema);
    }

    private sealed class Input
    {
        public float[] Features { get; set; } = [];

        public bool Label { get; set; }
    }

    private sealed class Output
    {
        public float Probability { get; set; }
    }
}
