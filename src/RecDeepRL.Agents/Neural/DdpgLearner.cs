using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>How <c>ddpg</c> learns: the networks, their targets, the optimizers, and one update of them all.</summary>
internal sealed class DdpgLearner : IDisposable
{
    private readonly double _discount;
    private readonly double _tau;
    private readonly double _grounding;
    private readonly Adam _actorOptimizer;
    private readonly Adam _criticOptimizer;

    /// <param name="scale">Stays owned by the caller.</param>
    public DdpgLearner(AgentContext context, DdpgOptions options, FeatureScale scale)
    {
        _discount = options.Discount;
        _tau = options.Tau;
        _grounding = options.Grounding;
        Online = new ActorCritic(context.Spec, scale, options.EmbeddingSize, options.HiddenSize, options.UserIds);
        Target = new ActorCritic(context.Spec, scale, options.EmbeddingSize, options.HiddenSize, options.UserIds);
        Online.Initialise(context.Seed);
        Target.CopyFrom(Online);
        _actorOptimizer = new Adam(Online.ActorParameters, options.ActorLearningRate);
        _criticOptimizer = new Adam(Online.CriticParameters, options.CriticLearningRate);
        Figures = new RunningMeans(context.Spec.Device, "critic_loss", "grounding_loss", "actor_loss", "mean_q", "mean_target");
    }

    public ActorCritic Online { get; }

    /// <summary>Running mean of <see cref="Online"/>.</summary>
    public ActorCritic Target { get; }

    public RunningMeans Figures { get; }

    /// <summary>One step of critic, actor and targets.</summary>
    public void Update(ReplayBatch batch)
    {
        using var scope = NewDisposeScope();
        var targets = Targets(batch);
        var items = Online.Encoder.Items();
        var states = Online.Encoder.States(batch.Observation, items);
        var values = Online.Critic.OfItems(states, items.index_select(0, batch.Items.reshape(-1)).reshape(targets.shape[0], targets.shape[1], -1));
        Guard.Shape(values, "values", "rows, slots", targets.shape);
        var criticLoss = values.sub(targets).square().mean();
        var groundingLoss = GroundingLoss(states, items);
        _criticOptimizer.Minimise(criticLoss + (groundingLoss * _grounding), Online.CriticParameters);

        // The actor climbs the critic that has just been moved, on the states as they were; neither is moved by its loss.
        var seen = states.detach();
        var points = Online.ActorOutput(seen);
        var (slopes, pointValues) = Slopes(seen, points);
        var actorLoss = points.mul(slopes).sum(1).mean().neg();
        _actorOptimizer.Minimise(actorLoss, Online.ActorParameters);
        Target.Follow(Online, _tau);
        Figures.Add(criticLoss, groundingLoss, pointValues.mean().neg(), values.mean(), targets.mean());
    }

    /// <summary>How far the critic's value of the actor's point is from its value of the item that the point leads to.</summary>
    /// <remarks>Responses are seen at items alone. Between them nothing else would keep the critic from promising what no item holds, and the actor
    /// would go wherever it promises most.</remarks>
    private Tensor GroundingLoss(Tensor states, Tensor items)
    {
        using var scope = NewDisposeScope();
        var points = Online.Actor(states.detach()).detach();
        Tensor held;
        using (no_grad())
            held = Online.Critic.OfOneItem(states, items.index_select(0, Wolpertinger.Nearness(points, items).argmax(1)));
        return Online.Critic.OfOneItem(states, points).sub(held).square().mean().MoveToOuterDisposeScope();
    }

    /// <summary>How the critic's value changes with each coordinate of a point, scaled by the room left in that direction.</summary>
    /// <remarks>Inverted gradients (Hausknecht and Stone 2016): a coordinate slows down at its bound and is turned back beyond it. A tanh instead
    /// would lose its slope at the bound, where a critic that is still wrong soon drives it, and stay there.</remarks>
    /// <returns>[R, E] without gradient, and the values [R].</returns>
    private (Tensor Slopes, Tensor Values) Slopes(Tensor states, Tensor outputs)
    {
        var points = outputs.detach().clamp(-1, 1).requires_grad_(true);
        var values = Online.Critic.OfOneItem(states, points);
        var slopes = autograd.grad([values.sum()], [points])[0];
        var room = where(slopes.gt(0), outputs.neg().add_(1), outputs.add(1)).mul_(0.5);
        return (slopes.mul(room).detach(), values);
    }

    /// <summary>What the critic is to learn: r + discount · (1 − terminated) · Q'(s', g(μ'(s'))) for each slot, g(p) the item nearest to p.</summary>
    /// <remarks>Q'(s', μ'(s')) itself would be a value where no item stands and no response ever corrects it; fed back, it grows without end.</remarks>
    /// <returns>[R, K] float32, without gradient.</returns>
    public Tensor Targets(ReplayBatch batch)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var items = Target.Encoder.Items();
        var next = Target.Encoder.States(batch.Next!, items);
        var nearest = Wolpertinger.Nearness(Target.Actor(next), items).argmax(1);
        var nextValue = Target.Critic.OfOneItem(next, items.index_select(0, nearest)).masked_fill(batch.Terminated, 0f);
        return batch.Responses.add(nextValue.mul(_discount).unsqueeze(1)).MoveToOuterDisposeScope();
    }

    public void Save(IStateWriter writer)
    {
        Online.Save(writer.Under("online"));
        Target.Save(writer.Under("target"));
        _actorOptimizer.Save(writer.Under("actorOptimizer"));
        _criticOptimizer.Save(writer.Under("criticOptimizer"));
        Figures.Save(writer.Under("figures"));
    }

    public void Load(IStateReader reader)
    {
        Online.Load(reader.Under("online"));
        Target.Load(reader.Under("target"));
        _actorOptimizer.Load(reader.Under("actorOptimizer"));
        _criticOptimizer.Load(reader.Under("criticOptimizer"));
        Figures.Load(reader.Under("figures"));
    }

    public void Dispose()
    {
        Online.Dispose();
        Target.Dispose();
        _actorOptimizer.Dispose();
        _criticOptimizer.Dispose();
        Figures.Dispose();
    }
}
