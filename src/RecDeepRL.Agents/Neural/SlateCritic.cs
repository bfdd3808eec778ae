using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>What showing an item in a state is worth: Q(s, e) = ρ(s, e) + φ(s, e), the item's own response and its part in all that is earned after
/// this slate. A slate is worth the sum over its items.</summary>
/// <remarks>ρ learns from the response to its item alone, φ from the sum over the slate, as what comes later cannot be told apart by slot. One Q for each slot
/// with a target that all share, as SlateQ's, would blur an item's effect on the future over the whole slate. With one item in a slate, ρ + φ has the
/// usual target. φ is one output of the network times γ/(1 − γ), so that outputs are of one size whatever the discount.</remarks>
internal sealed class SlateCritic(ParameterBlock block, string name, int factors, double discount)
{
    private readonly PairNetwork _network = new(block, name, factors);

    /// <summary>γ/(1 − γ): what rewards of 1 after this slate add up to.</summary>
    private readonly double _horizon = discount / (1 - discount);

    public static IEnumerable<ParameterShape> Shapes(string name, int stateWidth, ActorCriticOptions options) =>
        PairNetwork.Shapes(name, stateWidth, options.EmbeddingSize, options.HiddenSize, options.Factors, outputs: 2);

    /// <summary>What errors of φ are divided by in a loss.</summary>
    public double FutureScale => Math.Max(1, _horizon);

    /// <summary>[..., S] to what <see cref="Value"/> takes.</summary>
    public Tensor ProjectState(Tensor states) => _network.ProjectState(states);

    /// <summary>[..., E] to what <see cref="Value"/> takes.</summary>
    public Tensor ProjectItem(Tensor items) => _network.ProjectItem(items);

    /// <summary>Q of projections that broadcast.</summary>
    public Tensor Value(Tensor projectedState, Tensor projectedItem)
    {
        using var scope = NewDisposeScope();
        var (rewards, futures) = Parts(projectedState, projectedItem);
        return rewards.add(futures).MoveToOuterDisposeScope();
    }

    /// <summary>ρ of projections that broadcast.</summary>
    public Tensor Rewards(Tensor projectedState, Tensor projectedItem)
    {
        using var scope = NewDisposeScope();
        return Parts(projectedState, projectedItem).Rewards.MoveToOuterDisposeScope();
    }

    /// <summary>Q of one point for each state: [B, S] and [B, E] to [B].</summary>
    public Tensor OfOneItem(Tensor states, Tensor points) => Value(ProjectState(states), ProjectItem(points));

    /// <summary>ρ and φ of the items of each state: [B, S] and [B, K, E] to [B, K] each.</summary>
    public (Tensor Rewards, Tensor Futures) PartsOfItems(Tensor states, Tensor items) => Parts(ProjectState(states).unsqueeze(1), ProjectItem(items));

    private (Tensor Rewards, Tensor Futures) Parts(Tensor projectedState, Tensor projectedItem)
    {
        using var scope = NewDisposeScope();
        var outputs = _network.Outputs(projectedState, projectedItem);
        return (outputs.select(-1, 0).MoveToOuterDisposeScope(), outputs.select(-1, 1).mul(_horizon).MoveToOuterDisposeScope());
    }
}
