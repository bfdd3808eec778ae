using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bounds;

/// <summary>Options of the myopic oracle: there are none.</summary>
public sealed record MyopicOptions;

/// <summary>Every user's K items of highest expected response in this round, given the user's present state, whatever that does to later rounds.
/// Without sessions it is the oracle; with sessions it shows what looking no further than one round costs.</summary>
internal sealed class MyopicAgent(AgentContext context) : IAgent, INeedsTruth
{
    private readonly RandomStream _ties = new(context.Seed, "myopic:ties");
    private ITruth? _truth;

    public void Reveal(ITruth truth) => _truth = truth;

    public Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        var truth = _truth ?? throw new InvalidOperationException("The myopic oracle was asked before the truth was revealed to it.");
        using var scores = truth.ExpectedResponses(observation.UserIds, observation.Iteration);
        return Ranking.Best(scores, observation, context.Spec.SlateSize, _ties);
    }

    public void Learn(Feedback feedback) { }

    public IReadOnlyDictionary<string, double> Diagnose() => new Dictionary<string, double>();

    public void Save(IStateWriter writer) { }

    public void Load(IStateReader reader) { }

    public void Dispose() { }
}
