using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.FastTree;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Contextual;

/// <summary>Ensembles of boosted regression trees (MART; Friedman 2001), trained by ML.NET's FastTree and kept and asked as tensors. M members of T trees of S splits at most.</summary>
/// <remarks>As tensors the trees answer all pairs at once on any device, and are saved and loaded as they are. A child that is a leaf l is stored as −1 − l.</remarks>
internal sealed class TreeEnsembles : IDisposable
{
    private readonly MLContext _context = new(seed: 0);
    private readonly int _treeCount;
    private readonly int _splitCount;
    private readonly Tensor _features;
    private readonly Tensor _thresholds;
    private readonly Tensor _lower;
    private readonly Tensor _upper;
    private readonly Tensor _leaves;
    private long _depth;

    /// <param name="members">M.</param>
    /// <param name="trees">T.</param>
    /// <param name="leaves">S + 1, leaves of a tree at most.</param>
    public TreeEnsembles(int members, int trees, int leaves, Device device)
    {
        _treeCount = trees;
        _splitCount = leaves - 1;
        _features = zeros([members, trees, _splitCount], ScalarType.Int64, device).DetachFromDisposeScope();
        _thresholds = zeros([members, trees, _splitCount], ScalarType.Float32, device).DetachFromDisposeScope();
        _lower = full([members, trees, _splitCount], -1L, ScalarType.Int64, device).DetachFromDisposeScope();
        _upper = full([members, trees, _splitCount], -1L, ScalarType.Int64, device).DetachFromDisposeScope();
        _leaves = zeros([members, trees, leaves], ScalarType.Float32, device).DetachFromDisposeScope();
    }

    /// <summary>Whether nothing was trained yet.</summary>
    public bool IsEmpty => _depth == 0;

    /// <summary>Pairs that are asked about at once, so that what a walk down the trees needs stays in a cache.</summary>
    public static long PairsAtOnce(int trees) => Math.Max(1, (1L << 19) / trees);

    /// <summary>Trains one member anew.</summary>
    /// <param name="inputs">[R, F] float32.</param>
    /// <param name="targets">[R] float32.</param>
    /// <param name="weights">[R] float32; rows of weight 0 are left out.</param>
    public void Train(int member, Tensor inputs, Tensor targets, Tensor weights, TreeBootstrapOptions options, long seed) =>
        Keep(member, Fit(inputs, targets, weights, options, seed).Model.TrainedTreeEnsemble);

    /// <summary>What ML.NET makes of the rows.</summary>
    internal RegressionPredictionTransformer<FastTreeRegressionModelParameters> Fit(Tensor inputs, Tensor targets, Tensor weights, TreeBootstrapOptions options, long seed) =>
        _context.Regression.Trainers.FastTree(new FastTreeRegressionTrainer.Options
        {
            NumberOfTrees = options.Trees,
            NumberOfLeaves = options.Leaves,
            LearningRate = options.LearningRate,
            MinimumExampleCountPerLeaf = options.MinimumRowsPerLeaf,
            ExampleWeightColumnName = nameof(Row.Weight),
            NumberOfThreads = 1,
            Seed = (int)(seed & int.MaxValue),
            FeatureSelectionSeed = (int)(seed & int.MaxValue),
        }).Fit(View(inputs, targets, weights));

    /// <summary>Rows as ML.NET reads them.</summary>
    internal IDataView View(Tensor inputs, Tensor targets, Tensor weights)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, (int)inputs.size(1));
        return _context.Data.LoadFromEnumerable(Rows(inputs, targets, weights), schema);
    }

    /// <param name="inputs">[P, F] float32.</param>
    /// <param name="members">[P] int64, the member that answers for each.</param>
    /// <returns>[P] float32. The caller disposes.</returns>
    public Tensor Values(Tensor inputs, Tensor members)
    {
        using var scope = NewDisposeScope();
        var trees = members.unsqueeze(1).mul(_treeCount).add(arange(_treeCount, ScalarType.Int64, inputs.device)); // [P, T]
        var splits = trees.mul(_splitCount);
        var node = zeros_like(trees);
        for (var level = 0; level < _depth; level++)
        {
            using var levelScope = NewDisposeScope();
            var place = node.clamp_min(0).add_(splits);
            var value = inputs.gather(1, _features.view(-1).take(place));
            var next = where(value.le(_thresholds.view(-1).take(place)), _lower.view(-1).take(place), _upper.view(-1).take(place));
            node.copy_(where(node.ge(0), next, node));
        }
        return _leaves.view(-1).take(node.neg_().sub_(1).add_(trees.mul_(_splitCount + 1))).sum(1).MoveToOuterDisposeScope();
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("depth", _depth);
        foreach (var (name, part) in Parts)
            writer.Write(name, part);
    }

    public void Load(IStateReader reader)
    {
        _depth = reader.ReadCount("depth");
        foreach (var (name, part) in Parts)
            reader.ReadInto(name, part);
    }

    public void Dispose()
    {
        foreach (var (_, part) in Parts)
            part.Dispose();
    }

    private (string Name, Tensor Part)[] Parts =>
        [("features", _features), ("thresholds", _thresholds), ("lower", _lower), ("upper", _upper), ("leaves", _leaves)];

    private static List<Row> Rows(Tensor inputs, Tensor targets, Tensor weights)
    {
        using var scope = NewDisposeScope();
        var (width, values) = ((int)inputs.size(1), inputs.cpu().contiguous().data<float>().ToArray());
        var (labels, counts) = (targets.cpu().data<float>().ToArray(), weights.cpu().data<float>().ToArray());
        return
        [
            .. Enumerable.Range(0, labels.Length).Where(row => counts[row] > 0)
                .Select(row => new Row { Features = values[(row * width)..((row + 1) * width)], Label = labels[row], Weight = counts[row] }),
        ];
    }

    private void Keep(int member, RegressionTreeEnsemble ensemble)
    {
        using var scope = NewDisposeScope();
        var (features, thresholds) = (new long[_treeCount, _splitCount], new float[_treeCount, _splitCount]);
        var (lower, upper) = (new long[_treeCount, _splitCount], new long[_treeCount, _splitCount]);
        var leaves = new float[_treeCount, _splitCount + 1];
        for (var tree = 0; tree < _treeCount; tree++)
        {
            (lower[tree, 0], upper[tree, 0]) = (-1, -1);
            if (tree >= ensemble.Trees.Count)
                continue; // Where nothing is left to split, fewer trees are grown: the others answer 0.
            var grown = ensemble.Trees[tree];
            for (var split = 0; split < grown.NumberOfNodes; split++)
            {
                features[tree, split] = grown.NumericalSplitFeatureIndexes[split];
                thresholds[tree, split] = grown.NumericalSplitThresholds[split];
                lower[tree, split] = grown.LeftChild[split];
                upper[tree, split] = grown.RightChild[split];
            }
            for (var leaf = 0; leaf < grown.NumberOfLeaves; leaf++)
                leaves[tree, leaf] = (float)(grown.LeafValues[leaf] * ensemble.TreeWeights[tree]);
            _depth = Math.Max(_depth, Depth(grown, 0));
        }
        _depth = Math.Max(_depth, 1);
        _features[member].copy_(tensor(features));
        _thresholds[member].copy_(tensor(thresholds));
        _lower[member].copy_(tensor(lower));
        _upper[member].copy_(tensor(upper));
        _leaves[member].copy_(tensor(leaves)).add_(ensemble.Bias / _treeCount);
    }

    private static int Depth(RegressionTree tree, int node) =>
        node < 0 || tree.NumberOfNodes == 0 ? 0 : 1 + Math.Max(Depth(tree, tree.LeftChild[node]), Depth(tree, tree.RightChild[node]));

    private sealed class Row
    {
        public float[] Features { get; set; } = [];

        public float Label { get; set; }

        public float Weight { get; set; }
    }
}
