using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Contextual;

/// <summary>Options of the agent <c>tree-bootstrap</c>.</summary>
public sealed record TreeBootstrapOptions
{
    /// <summary>M, ensembles of trees, each of which learns from a bootstrap sample of its own. At least 1. Default 10.</summary>
    [Range(1, 1000)]
    public int Members { get; init; } = 10;

    /// <summary>Trees of an ensemble at most. At least 1. Default 20.</summary>
    [Range(1, 10_000)]
    public int Trees { get; init; } = 20;

    /// <summary>Leaves of a tree at most, 2 to 1024. Default 8.</summary>
    [Range(2, 1024)]
    public int Leaves { get; init; } = 8;

    /// <summary>Share of each tree's step that is taken, in (0, 1]. Default 0.2.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double LearningRate { get; init; } = .2;

    /// <summary>Fewest different responses in a leaf. At least 1. Default 20.</summary>
    [Range(1, 1_000_000)]
    public int MinimumRowsPerLeaf { get; init; } = 20;

    /// <summary>Responses before which there are no trees, and the items' bootstrapped means are all that is known. At least 0. Default 1000.</summary>
    [Range(0, 10_000_000)]
    public int FirstTraining { get; init; } = 1000;

    /// <summary>Growth of the log, as a share of what is kept, after which the trees are trained anew. At least 0. Default 0.2.</summary>
    [Range(0.0, double.MaxValue)]
    public double Growth { get; init; } = .2;

    /// <summary>Latest responses that are kept to train on. At least 1. Default 30000.</summary>
    [Range(1, 10_000_000)]
    public int Memory { get; init; } = 30_000;
}

/// <summary>Thompson sampling by the bootstrap over gradient-boosted regression trees: each user of a round is served by an ensemble drawn at random.</summary>
/// <remarks>Elmachtoub, McNellis, Oh and Petrik 2017, A practical method for solving contextual bandit problems using decision trees (TreeBootstrap), with boosted
/// trees. Score = the member's mean response to the item + the member's trees, which learn what the means leave unexplained. What this deviates in from the
/// paper stands in docs/agents/tree-bootstrap.md. Exploit mode averages the members and puts items never shown last.</remarks>
internal sealed class TreeBootstrapAgent : IAgent, IEstimatesItems, IHasPolicyState
{
    private readonly TreeBootstrapOptions _options;
    private readonly EnvironmentSpec _spec;
    private readonly RandomStream _ties;
    private readonly RandomStream _choice;
    private readonly RandomStream _bootstrap;
    private readonly long _seed;
    private readonly PairInputs _inputs;
    private readonly RecentRows _rows;
    private readonly TreeEnsembles _trees;
    private readonly Tensor _means;
    private readonly Tensor _shown;
    private long _total;
    private long _trained;

    public TreeBootstrapAgent(AgentContext context, TreeBootstrapOptions options)
    {
        using var scope = NewDisposeScope();
        _options = options;
        _spec = context.Spec;
        _seed = context.Seed;
        _ties = new RandomStream(context.Seed, "tree-bootstrap:ties");
        _choice = new RandomStream(context.Seed, "tree-bootstrap:choice");
        _bootstrap = new RandomStream(context.Seed, "tree-bootstrap:bootstrap");
        _inputs = new PairInputs(context);
        _rows = new RecentRows(Math.Max(1, _spec.UserFeatureCount), _spec.Device);
        _trees = new TreeEnsembles(options.Members, options.Trees, options.Leaves, _spec.Device);
        _means = zeros([options.Members, _spec.ItemCount], ScalarType.Float32, _spec.Device).DetachFromDisposeScope();
        _shown = zeros([_spec.ItemCount], ScalarType.Float64, _spec.Device).DetachFromDisposeScope();
        LearnMeans();
    }

    /// <summary>[M, N] float32, each member's mean response to each item.</summary>
    internal Tensor Means => _means;

    internal TreeEnsembles Trees => _trees;

    public Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        var rows = Math.Max(1, TreeEnsembles.PairsAtOnce(_options.Trees) / _spec.ItemCount);
        var parts = new List<Tensor>();
        for (long start = 0; start < observation.UserCount; start += rows)
        {
            using var partScope = NewDisposeScope();
            using var part = observation.Slice(start, Math.Min(rows, observation.UserCount - start));
            parts.Add((mode == RecommendationMode.Explore ? OfDrawnMembers(part) : OfAllMembers(part)).MoveToOuterDisposeScope());
        }
        return Ranking.Best(cat(parts), observation, _spec.SlateSize, _ties).MoveToOuterDisposeScope();
    }

    public EstimateKind EstimateKind => EstimateKind.Response;

    public Tensor EstimateItems(Observation observation)
    {
        using var scope = NewDisposeScope();
        return SumOfAllMembers(observation).div_(_options.Members).MoveToOuterDisposeScope();
    }

    public void Learn(Feedback feedback)
    {
        using var scope = NewDisposeScope();
        var users = feedback.Observation.UserFeatures?.to_type(ScalarType.Float64) ?? zeros([feedback.Observation.UserCount, 1], ScalarType.Float64, _spec.Device);
        _rows.Add(users, feedback.Slates, feedback.Responses);
        _rows.Trim(_options.Memory);
        var items = feedback.Slates.reshape(-1);
        _shown.index_add_(0, items, ones_like(items, ScalarType.Float64), 1);
        _total += items.size(0);
        var trains = _inputs.Width > 0 && _total >= _options.FirstTraining && _total - _trained >= Math.Max(1, _options.Growth * Math.Min(_trained, _options.Memory));
        if (trains || _trees.IsEmpty)
            LearnMeans();
        if (trains)
            TrainTrees();
    }

    /// <summary><c>rows</c>, responses kept; <c>trained_at</c>, responses heard of when the trees were trained last; <c>spread</c>, the mean deviation between the members' means.</summary>
    public IReadOnlyDictionary<string, double> Diagnose()
    {
        using var scope = NewDisposeScope();
        var spread = _means.sub(_means.mean([0], keepdim: true)).square().mean([0]).sqrt_().mean().item<float>();
        return new Dictionary<string, double> { ["rows"] = _rows.Count, ["trained_at"] = _trained, ["spread"] = spread };
    }

    /// <summary>Everything but the rows that members are trained on.</summary>
    public void SavePolicy(IStateWriter writer)
    {
        writer.Write("means", _means);
        writer.Write("shown", _shown);
        _trees.Save(writer.Under("trees"));
    }

    public void LoadPolicy(IStateReader reader)
    {
        reader.ReadInto("means", _means);
        reader.ReadInto("shown", _shown);
        _trees.Load(reader.Under("trees"));
    }

    public void Save(IStateWriter writer)
    {
        SavePolicy(writer);
        writer.Write("total", _total);
        writer.Write("trained", _trained);
        _rows.Save(writer.Under("rows"));
    }

    public void Load(IStateReader reader)
    {
        LoadPolicy(reader);
        _total = reader.ReadCount("total");
        _trained = reader.ReadCount("trained");
        _rows.Load(reader.Under("rows"));
    }

    public void Dispose()
    {
        _means.Dispose();
        _shown.Dispose();
        _rows.Dispose();
        _trees.Dispose();
    }

    private Tensor OfDrawnMembers(Observation observation)
    {
        var members = _choice.Integers(observation.DrawKey, observation.UserIds, _options.Members);
        var means = _means.index_select(0, members);
        return _trees.IsEmpty ? means : means + _trees.Values(_inputs.OfAllItems(observation, means), members.repeat_interleave(_spec.ItemCount)).reshape(means.shape);
    }

    private Tensor OfAllMembers(Observation observation) => SumOfAllMembers(observation).masked_fill_(_shown.eq(0), double.NegativeInfinity);

    /// <returns>[B, N] float32, the sum of the members' estimates.</returns>
    private Tensor SumOfAllMembers(Observation observation)
    {
        var sum = zeros([observation.UserCount, _spec.ItemCount], ScalarType.Float32, _spec.Device);
        for (var member = 0; member < _options.Members; member++)
        {
            using var scope = NewDisposeScope();
            var means = _means.select(0, member).unsqueeze(0).expand(sum.shape);
            sum.add_(means);
            if (!_trees.IsEmpty)
                sum.add_(_trees.Values(_inputs.OfAllItems(observation, means), full([sum.numel()], (long)member, ScalarType.Int64, _spec.Device)).reshape(sum.shape));
        }
        return sum;
    }

    /// <summary>How often each member has a row in its sample: Poisson(1), the bootstrap of a growing log (Oza 2001). Belongs to the row, so a sample grows and is not drawn anew.</summary>
    /// <returns>[R] float64.</returns>
    private Tensor Weights(int member)
    {
        using var scope = NewDisposeScope();
        var lanes = arange(_total - _rows.Count, _total, ScalarType.Int64, _spec.Device).mul_(_options.Members).add_(member);
        var uniform = _bootstrap.Uniform(0, lanes).to_type(ScalarType.Float64);
        var weights = zeros_like(uniform);
        var (probability, cumulated) = (Math.Exp(-1), 0.0);
        for (var times = 1; times <= 10; times++)
        {
            cumulated += probability;
            probability /= times;
            weights.add_(uniform.ge(cumulated));
        }
        return weights.MoveToOuterDisposeScope();
    }

    /// <summary>Each member's mean response to each item: the sample of the member, and one response and one missing response with exponential weights as a prior, so
    /// that items little shown are thought of as differently as they may be.</summary>
    private void LearnMeans()
    {
        using var scope = NewDisposeScope();
        var prior = _bootstrap.Uniform(1, _spec.Device, _options.Members, 2, _spec.ItemCount).to_type(ScalarType.Float64).add_(.5 / (1 << 24)).log_().neg_();
        for (var member = 0; member < _options.Members; member++)
        {
            using var memberScope = NewDisposeScope();
            var weights = Weights(member);
            var sum = prior[member, 0].index_add(0, _rows.Items, weights * _rows.Responses, 1);
            var count = (prior[member, 0] + prior[member, 1]).index_add_(0, _rows.Items, weights, 1);
            _means[member].copy_(sum.div_(count));
        }
    }

    private void TrainTrees()
    {
        using var scope = NewDisposeScope();
        var responses = _rows.Responses.to_type(ScalarType.Float32);
        var users = _rows.Inputs.to_type(ScalarType.Float32);
        for (var member = 0; member < _options.Members; member++)
        {
            using var memberScope = NewDisposeScope();
            var means = _means.select(0, member).index_select(0, _rows.Items);
            using var weights = Weights(member).to_type(ScalarType.Float32);
            _trees.Train(member, _inputs.OfRows(users, _rows.Items, means), responses - means, weights, _options, RandomStream.DeriveSeed(_seed, "tree-bootstrap", member));
        }
        _trained = _total;
    }
}
