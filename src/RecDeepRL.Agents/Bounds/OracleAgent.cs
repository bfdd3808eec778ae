using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bounds;

/// <summary>Options of the oracle: there are none.</summary>
public sealed record OracleOptions;

/// <summary>The best policy that is known under the truth. Without sessions, every user's K items of highest expected response as of the
/// observation's iteration: what no method can beat where responses do not depend on what was shown before. With sessions, the
/// environment's planner (<see cref="IPlanner"/>), a lower bound of what is possible.</summary>
internal sealed class OracleAgent(AgentContext context) : IAgent, INeedsTruth
{
    private readonly RandomStream _ties = new(context.Seed, "oracle:ties");
    private ITruth? _truth;

    public void Reveal(ITruth truth) => _truth = truth;

    public Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        var truth = _truth ?? throw new InvalidOperationException("The oracle was asked before the truth was revealed to it.");
        if (context.Spec.HasEpisodes)
            return ((IPlanner)truth).Plan(observation);
        using var scores = truth.ExpectedResponses(observation.UserIds, observation.Iteration);
        return Ranking.Best(scores, observation, context.Spec.SlateSize, _ties);
    }

    public void Learn(Feedback feedback) { }

    public IReadOnlyDictionary<string, double> Diagnose() => new Dictionary<string, double>();

    public void Save(IStateWriter writer) { }

    public void Load(IStateReader reader) { }

    public void Dispose() { }
}
