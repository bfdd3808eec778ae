using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Options of the random agent: there are none.</summary>
public sealed record RandomOptions;

/// <summary>K items drawn uniformly without replacement for every user: the floor that any method has to leave behind.</summary>
internal sealed class RandomAgent(AgentContext context) : IAgent
{
    private readonly RandomStream _stream = new(context.Seed, "random");

    public Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        using var scores = zeros([1, context.Spec.ItemCount], ScalarType.Float32, context.Spec.Device);
        return Ranking.Best(scores, observation, context.Spec.SlateSize, _stream);
    }

    public void Learn(Feedback feedback) { }

    public IReadOnlyDictionary<string, double> Diagnose() => new Dictionary<string, double>();

    public void Save(IStateWriter writer) { }

    public void Load(IStateReader reader) { }

    public void Dispose() { }
}
