using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Options of <c>dqn</c>.</summary>
public sealed record DqnOptions : ItemValueOptions
{
    /// <summary>Whether the online network picks the next state's best item and the target network says what it is worth (double DQN); otherwise the target network does both. Default true.</summary>
    public bool DoubleEstimates { get; init; } = true;

    /// <summary>Whether a value is that of the state plus the item's advantage over the mean of all items. Default false.</summary>
    public bool Dueling { get; init; }
}

/// <summary>Deep Q-learning over items (Mnih et al. 2015) with double estimates (van Hasselt, Guez and Silver 2016) and, if asked for, a dueling network (Wang et al. 2016).</summary>
/// <remarks>A slate is the K items of highest Q(s, i). Each slot is a transition of its own: its reward is the response to its item, its next state that of the
/// user after the whole slate. What this deviates in from the papers stands in docs/agents/dqn.md.</remarks>
internal sealed class DqnAgent(AgentContext context, DqnOptions options) : ItemValueAgent(context, "dqn", options, options.Dueling, "loss", "mean_q", "mean_target")
{
    internal override Tensor Update(ReplayBatch batch, long update)
    {
        var targets = Targets(batch, update);
        var values = Values(Online, batch.Observation, batch.Items);
        Guard.Shape(values, "values", "rows, slots", targets.shape);
        var errors = values.sub(targets);
        var loss = batch.Mean(errors.square());
        Minimise(loss);
        Figures.Add(loss, values.mean(), targets.mean());
        return errors.detach().abs().mean([1]);
    }

    /// <summary>What the network is to learn: r + discount · (1 − terminated) · Q'(s', argmax Q(s', ·)) for each slot; between them the slots' share of later slates in returns of several steps.</summary>
    /// <returns>[R, K] float32, without gradient.</returns>
    internal Tensor Targets(ReplayBatch batch, long update)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var targets = batch.Responses.alias();
        if (batch.LaterRewards is { } later)
            targets = targets.add(later.div(Spec.SlateSize).unsqueeze(1));
        if (Discount == 0)
            return targets.MoveToOuterDisposeScope();
        var items = TargetItems(update);
        var judged = Values(Target, batch.Next!, items);
        var best = (options.DoubleEstimates ? Values(Online, batch.Next!, items) : judged).argmax(1, keepdim: true);
        var next = judged.gather(1, best).squeeze(1).masked_fill(batch.Terminated, 0f);
        return targets.add(next.mul(batch.Discounts!).unsqueeze(1)).MoveToOuterDisposeScope();
    }

    /// <summary>Values are expected responses where nothing after them counts.</summary>
    public override EstimateKind EstimateKind => Discount == 0 ? EstimateKind.Response : EstimateKind.Score;

    protected override Tensor Estimates(ItemValueNetwork network, Observation observation) => Values(network, observation, null);

    protected override Tensor Scores(ItemValueNetwork network, Observation observation) => Values(network, observation, null);

    /// <summary>Q(s, i).</summary>
    /// <param name="items">None for all items, [C] for some, [B, C] for each user's own; int64.</param>
    private Tensor Values(ItemValueNetwork network, Observation observation, Tensor? items)
    {
        using var scope = NewDisposeScope();
        if (!options.Dueling)
            return network.Of(observation, items).First.MoveToOuterDisposeScope();
        var (all, _, state) = network.Of(observation, null);
        var values = all.sub(all.mean([1], keepdim: true)).add(state.unsqueeze(1));
        if (items is not null)
            values = items.dim() == 1 ? values.index_select(1, items) : values.gather(1, items);
        return values.MoveToOuterDisposeScope();
    }
}
