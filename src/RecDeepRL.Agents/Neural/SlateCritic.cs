using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>What a critic says of the slates of a batch, of the actor's points, and of the items that these lead to.</summary>
/// <param name="Rewards">[R, K], ρ of what was shown.</param>
/// <param name="Futures">[R, K], φ of what was shown.</param>
/// <param name="AtPoints">[R], Q of the points.</param>
/// <param name="AtNearest">[R], Q of the items nearest to them, without gradient.</param>
/// <param name="Rows">What the first three follow from; none where autograd knows it.</param>
internal sealed record Judgement(Tensor Rewards, Tensor Futures, Tensor AtPoints, Tensor AtNearest, PairRows? Rows = null);

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

    /// <inheritdoc cref="PairNetwork.ByTensorOperations"/>
    public bool ByTensorOperations
    {
        set => _network.ByTensorOperations = value;
    }

    /// <summary>What errors of φ are divided by in a loss.</summary>
    public double FutureScale => Math.Max(1, _horizon);

    private Tensor ProjectState(Tensor states) => _network.ProjectState(states);

    private Tensor ProjectItem(Tensor items) => _network.ProjectItem(items);

    /// <summary>Q of all items, or of some, in each state. Without gradient.</summary>
    /// <param name="states">[B, S].</param>
    /// <param name="items">[N, E].</param>
    /// <param name="candidates">[B, C] int64, or none for all items.</param>
    /// <returns>[B, C] or [B, N].</returns>
    public Tensor Values(Tensor states, Tensor items, Tensor? candidates)
    {
        using var scope = NewDisposeScope();
        return _network.WeightedSum(ProjectState(states), ProjectItem(items), candidates, 1, _horizon).MoveToOuterDisposeScope();
    }

    /// <summary>ρ of all items in each state: [B, S] and [N, E] to [B, N]. Without gradient.</summary>
    public Tensor Rewards(Tensor states, Tensor items)
    {
        using var scope = NewDisposeScope();
        return _network.WeightedSum(ProjectState(states), ProjectItem(items), null, 1, 0).MoveToOuterDisposeScope();
    }

    /// <summary>Q of one point for each state: [B, S] and [B, E] to [B].</summary>
    public Tensor OfOneItem(Tensor states, Tensor points)
    {
        using var scope = NewDisposeScope();
        var (rewards, futures) = Parts(ProjectState(states), ProjectItem(points));
        return rewards.add(futures).MoveToOuterDisposeScope();
    }

    /// <summary>What there is to be said for a step of learning.</summary>
    /// <param name="states">[R, S].</param>
    /// <param name="shown">[R, K, E].</param>
    /// <param name="points">[R, E], without gradient.</param>
    /// <param name="nearest">[R, E], without gradient.</param>
    public Judgement Judge(Tensor states, Tensor shown, Tensor points, Tensor nearest)
    {
        var projected = ProjectState(states);
        var rows = _network.TakesPasses ? _network.Rows(projected, ProjectItem(cat([shown, points.unsqueeze(1)], 1))) : null;
        if (rows is null)
        {
            var (ofShown, later) = Parts(projected.unsqueeze(1), ProjectItem(shown));
            return new Judgement(ofShown, later, OfOneItem(states, points), OfOneItem(states, nearest).detach());
        }
        var (rewards, futures, slots) = (rows.Outputs.select(-1, 0), rows.Outputs.select(-1, 1).mul(_horizon), shown.size(1));
        // One pair for each state.
        var held = _network.WeightedSum(projected, ProjectItem(nearest), arange(states.size(0), ScalarType.Int64).unsqueeze(1), 1, _horizon).squeeze(1);
        return new Judgement(
            rewards.narrow(1, 0, slots), futures.narrow(1, 0, slots), rewards.select(1, slots).add(futures.select(1, slots)), held, rows);
    }

    /// <summary>Slopes of the network's layers, by the names of the parameters.</summary>
    public IEnumerable<(string Name, Tensor Slopes)> Named(PairSlopes slopes) => _network.Named(slopes);

    /// <summary>Q of one point for each state, [R, S] and [R, E] to [R], such that its slopes are found in passes over memory; none where only tensor operations can.</summary>
    /// <returns>The values, and what they follow from.</returns>
    public (Tensor Values, PairRows Rows)? AtPoints(Tensor states, Tensor points)
    {
        if (!_network.TakesPasses)
            return null;
        PairRows rows;
        using (no_grad())
            rows = _network.Rows(ProjectState(states), ProjectItem(points).unsqueeze(1));
        return (rows.Outputs.select(-1, 0).add(rows.Outputs.select(-1, 1), alpha: _horizon).squeeze(1), rows);
    }

    /// <summary>How the values of points change with them: [R, E].</summary>
    /// <param name="slopes">Of the rows that <see cref="AtPoints"/> gave.</param>
    public Tensor SlopesOfPoints(PairSlopes slopes)
    {
        using var noGradient = no_grad();
        return _network.BackToItem(slopes.Items.squeeze(1));
    }

    private (Tensor Rewards, Tensor Futures) Parts(Tensor projectedState, Tensor projectedItem)
    {
        using var scope = NewDisposeScope();
        var outputs = _network.Outputs(projectedState, projectedItem);
        return (outputs.select(-1, 0).MoveToOuterDisposeScope(), outputs.select(-1, 1).mul(_horizon).MoveToOuterDisposeScope());
    }
}
