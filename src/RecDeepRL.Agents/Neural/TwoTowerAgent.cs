using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RecDeepRL.Agents.Neural;

/// <summary>How near a user's vector is to an item's.</summary>
public enum TowerSimilarity
{
    /// <summary>Their inner product, divided by the root of their width.</summary>
    Product,

    /// <summary>The cosine of the angle between them, times a factor.</summary>
    Cosine,
}

/// <summary>Options of <c>two-tower</c>.</summary>
public sealed record TwoTowerOptions : ExploringNetworkOptions, IStateOptions
{
    /// <summary>Whether the state holds a learned embedding of the user's id. Default false.</summary>
    public bool UserIds { get; init; }

    /// <summary>Whether the state holds the mean points of the recent items that were liked and of those that were not. Default false.</summary>
    public bool History { get; init; }

    /// <summary>How a user's and an item's vector make an output: by their inner product, or by the cosine of their angle times a factor, as in the paper. Default product.</summary>
    public TowerSimilarity Similarity { get; init; } = TowerSimilarity.Product;

    /// <summary>Factor on the cosine, the paper's smoothing factor γ; above 0. Default 5.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double CosineFactor { get; init; } = 5;
}

/// <summary>Two towers: a network makes a vector of the user, another one of the item, and their nearness tells the response (DSSM, Huang et al. 2013).</summary>
/// <remarks>What this deviates in from the paper stands in docs/agents/two-tower.md.</remarks>
internal sealed class TwoTowerAgent : ExploringBandit, IHasItemEmbeddings
{
    private readonly TwoTowerOptions _options;
    private readonly UserStates _states;
    private readonly Perceptron _users;
    private readonly Perceptron _items;
    private readonly Tensor _biases;

    public TwoTowerAgent(AgentContext context, TwoTowerOptions options)
        : base(context, "two-tower", options,
            [
                .. UserStates.Shapes(context.Spec, options, points: true),
                .. Perceptron.Shapes("users", UserStates.Width(context.Spec, options), options.HiddenSize, options.EmbeddingSize),
                .. Perceptron.Shapes("items", options.EmbeddingSize, options.HiddenSize, options.EmbeddingSize),
                new ParameterShape("biases", 0.1, context.Spec.ItemCount),
            ])
    {
        _options = options;
        _states = new UserStates(Spec, options, Parameters, Scale, points: true);
        _users = new Perceptron(Parameters, "users", 2);
        _items = new Perceptron(Parameters, "items", 2);
        _biases = Parameters["biases"];
    }

    // Users and items meet in one product.
    protected override int PairWidth => 2;

    /// <summary>What the item tower makes of each item.</summary>
    public Tensor ItemEmbeddings()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return _items.Forward(_states.Items()!).MoveToOuterDisposeScope();
    }

    internal override Tensor Outputs(Observation observation)
    {
        using var scope = NewDisposeScope();
        var (users, items) = Towers(observation);
        return users.matmul(items.t()).add(_biases).MoveToOuterDisposeScope();
    }

    internal override Tensor Outputs(ReplayBatch batch)
    {
        using var scope = NewDisposeScope();
        var (users, items) = Towers(batch.Observation);
        var flat = batch.Items.reshape(-1);
        var shown = items.index_select(0, flat).reshape(batch.Items.size(0), batch.Items.size(1), -1);
        return shown.mul(users.unsqueeze(1)).sum(-1).add(_biases.index_select(0, flat).reshape(batch.Items.shape)).MoveToOuterDisposeScope();
    }

    /// <summary>Vectors [B, E] and [N, E] whose inner products are the outputs without the bias.</summary>
    private (Tensor Users, Tensor Items) Towers(Observation observation)
    {
        var points = _states.Items()!;
        var (users, items) = (_users.Forward(_states.Of(observation, points)), _items.Forward(points));
        return _options.Similarity == TowerSimilarity.Cosine
            ? (functional.normalize(users, 2, 1).mul(_options.CosineFactor), functional.normalize(items, 2, 1))
            : (users.div(Math.Sqrt(_options.EmbeddingSize)), items);
    }
}
