using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>The networks of an actor-critic: one critic or two with the embeddings, which only their own losses move, and an actor. Once online, once as target.</summary>
internal sealed class ActorCritic : IDisposable
{
    private const int ActorLayers = 3;
    private readonly Perceptron _actor;

    /// <param name="criticCount">Critics, which share embeddings and state.</param>
    /// <param name="actorOutputs">Outputs of the actor: E for a point.</param>
    public ActorCritic(EnvironmentSpec spec, FeatureScale scale, ActorCriticOptions options, int criticCount, int actorOutputs)
    {
        var stateWidth = StateEncoder.Width(spec, options);
        string[] names = [.. Enumerable.Range(0, criticCount).Select(place => place == 0 ? "critic" : $"critic{place + 1}")];
        CriticParameters = new ParameterBlock(
            [.. StateEncoder.Shapes(spec, options), .. names.SelectMany(name => SlateCritic.Shapes(name, stateWidth, options))], spec.Device);
        ActorParameters = new ParameterBlock(Perceptron.Shapes("actor", stateWidth, options.HiddenSize, options.HiddenSize, actorOutputs), spec.Device);
        Encoder = new StateEncoder(spec, CriticParameters, scale, options);
        Critics = [.. names.Select(name => new SlateCritic(CriticParameters, name, options.Factors, options.Discount))];
        _actor = new Perceptron(ActorParameters, "actor", ActorLayers);
    }

    /// <summary>Critics and embeddings.</summary>
    public ParameterBlock CriticParameters { get; }

    public ParameterBlock ActorParameters { get; }

    public StateEncoder Encoder { get; }

    /// <summary>Q(s, e), one or more estimates of it.</summary>
    public IReadOnlyList<SlateCritic> Critics { get; }

    /// <summary>Whether the critics' tensor operations do everything, as they do off the CPU and with factors: what the passes over memory must equal.</summary>
    public bool ByTensorOperations
    {
        set
        {
            foreach (var critic in Critics)
                critic.ByTensorOperations = value;
        }
    }

    /// <summary>What the actor says of each state, unbounded: [B, S] to [B, outputs].</summary>
    public Tensor ActorOutput(Tensor states) => _actor.Forward(states);

    /// <summary>The point that the actor's output names, in [−1, 1].</summary>
    public Tensor Actor(Tensor states)
    {
        using var outputs = ActorOutput(states);
        return outputs.clamp(-1, 1);
    }

    /// <summary>The critics' values of items: their mean, or the least of them. Without gradient.</summary>
    /// <param name="states">[B, S].</param>
    /// <param name="items">[N, E].</param>
    /// <param name="candidates">[B, C] int64, or none for all items.</param>
    /// <returns>[B, C] or [B, N].</returns>
    public Tensor Values(Tensor states, Tensor items, Tensor? candidates, bool least)
    {
        using var scope = NewDisposeScope();
        return Critics.Select(critic => critic.Values(states, items, candidates)).Aggregate((one, other) => least ? minimum(one, other) : one.add(other)).div(least ? 1 : Critics.Count).MoveToOuterDisposeScope();
    }

    /// <summary>The critics' mean estimate of the responses to all items, without gradient. [B, S] and [N, E] to [B, N].</summary>
    public Tensor Responses(Tensor states, Tensor items)
    {
        using var scope = NewDisposeScope();
        return Critics.Select(critic => critic.Rewards(states, items)).Aggregate((one, other) => one.add(other)).div(Critics.Count).MoveToOuterDisposeScope();
    }

    /// <summary>The gradient of a loss with respect to critics and embeddings.</summary>
    /// <param name="loss">A scalar that follows from the judgements.</param>
    /// <param name="judgements">One of each critic.</param>
    /// <returns>[P] float32.</returns>
    public Tensor CriticGradient(Tensor loss, IReadOnlyList<Judgement> judgements)
    {
        if (judgements[0].Rows is null)
            return CriticParameters.Gradient(loss);
        using var scope = NewDisposeScope();
        var rows = judgements.Select(one => one.Rows!).ToList();
        var back = autograd.grad([loss], [.. rows.Select(one => one.Outputs)]).Zip(rows, (slopes, one) => one.Back(slopes, ofLayers: true)).ToList();
        return CriticParameters.Gradient(
            [.. rows.SelectMany(one => new[] { one.States, one.Items })],
            [.. back.SelectMany(slopes => new[] { slopes.States, slopes.Items })],
            back.Zip(Critics).SelectMany(pair => pair.Second.Named(pair.First))).MoveToOuterDisposeScope();
    }

    /// <summary>How the value of a point, the least of some critics' values, changes with each of its coordinates.</summary>
    /// <param name="states">[R, S].</param>
    /// <param name="points">[R, E].</param>
    /// <param name="critics">How many of the critics are asked.</param>
    /// <returns>[R, E] and [R], without gradient.</returns>
    public (Tensor Slopes, Tensor Values) SlopesOfPoints(Tensor states, Tensor points, int critics)
    {
        using var scope = NewDisposeScope();
        var asked = Critics.Take(critics).Select(critic => critic.AtPoints(states, points)).ToList();
        if (asked[0] is null)
        {
            var leaves = points.detach().requires_grad_(true);
            var least = Critics.Take(critics).Select(critic => critic.OfOneItem(states, leaves)).Aggregate(minimum);
            return (autograd.grad([least.sum()], [leaves])[0].detach().MoveToOuterDisposeScope(), least.detach().MoveToOuterDisposeScope());
        }
        var values = asked.Select(one => one!.Value.Values).Aggregate(minimum);
        var slopes = autograd.grad([values.sum()], [.. asked.Select(one => one!.Value.Rows.Outputs)])
            .Zip(asked, (slopes, one) => one!.Value.Rows.Back(slopes, ofLayers: false)).Zip(Critics, (slopes, critic) => critic.SlopesOfPoints(slopes)).Aggregate((sum, one) => sum.add(one));
        return (slopes.MoveToOuterDisposeScope(), values.detach().MoveToOuterDisposeScope());
    }

    /// <param name="name">The agent's.</param>
    public void Initialise(long seed, string name)
    {
        CriticParameters.Initialise(new RandomStream(seed, name + ":critic"));
        ActorParameters.Initialise(new RandomStream(seed, name + ":actor"));
    }

    public void CopyFrom(ActorCritic other)
    {
        CriticParameters.CopyFrom(other.CriticParameters);
        ActorParameters.CopyFrom(other.ActorParameters);
    }

    /// <summary>Moves a share of the way to the other's parameters.</summary>
    public void Follow(ActorCritic other, double rate)
    {
        CriticParameters.Follow(other.CriticParameters, rate);
        ActorParameters.Follow(other.ActorParameters, rate);
    }

    public void Save(IStateWriter writer)
    {
        CriticParameters.Save(writer);
        ActorParameters.Save(writer);
    }

    public void Load(IStateReader reader)
    {
        CriticParameters.Load(reader);
        ActorParameters.Load(reader);
    }

    public void Dispose()
    {
        CriticParameters.Dispose();
        ActorParameters.Dispose();
    }
}
