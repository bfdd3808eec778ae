using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>The networks of <c>ddpg</c>: a critic with the embeddings, which only its own loss moves, and an actor. Once online, once as target.</summary>
internal sealed class ActorCritic : IDisposable
{
    private const int ActorLayers = 3;
    private readonly Perceptron _actor;

    public ActorCritic(EnvironmentSpec spec, FeatureScale scale, int embeddingSize, int hiddenSize, bool usesUserIds)
    {
        var stateWidth = StateEncoder.Width(spec, embeddingSize, usesUserIds);
        CriticParameters = new ParameterBlock(
            [.. StateEncoder.Shapes(spec, embeddingSize, usesUserIds), .. PairNetwork.Shapes("critic", stateWidth, embeddingSize, hiddenSize)], spec.Device);
        ActorParameters = new ParameterBlock(Perceptron.Shapes("actor", stateWidth, hiddenSize, hiddenSize, embeddingSize), spec.Device);
        Encoder = new StateEncoder(CriticParameters, scale, usesUserIds);
        Critic = new PairNetwork(CriticParameters, "critic");
        _actor = new Perceptron(ActorParameters, "actor", ActorLayers);
    }

    /// <summary>Critic and embeddings.</summary>
    public ParameterBlock CriticParameters { get; }

    public ParameterBlock ActorParameters { get; }

    public StateEncoder Encoder { get; }

    /// <summary>Q(s, e).</summary>
    public PairNetwork Critic { get; }

    /// <summary>The proto-action of each state: [B, S] to [B, E] in [−1, 1].</summary>
    public Tensor Actor(Tensor states)
    {
        using var outputs = ActorOutput(states);
        return outputs.clamp(-1, 1);
    }

    /// <summary>The same before it is clamped to the cube.</summary>
    public Tensor ActorOutput(Tensor states) => _actor.Forward(states);

    public void Initialise(long seed)
    {
        CriticParameters.Initialise(new RandomStream(seed, "ddpg:critic"));
        ActorParameters.Initialise(new RandomStream(seed, "ddpg:actor"));
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
