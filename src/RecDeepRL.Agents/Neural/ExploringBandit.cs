using RecDeepRL.Agents.Exploration;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>What the bandits share that explore around the estimates of their network.</summary>
internal abstract class ExploringBandit(AgentContext context, string name, ExploringNetworkOptions options, IEnumerable<ParameterShape> shapes)
    : NetworkBandit(context, name, options, shapes)
{
    private readonly ScoreExploration _exploration = new(context, name, options.Around());

    protected override Tensor Scores(Observation observation, RecommendationMode mode) => Expected(Outputs(observation));

    /// <summary>The network's outputs for all items. [B, N].</summary>
    internal abstract Tensor Outputs(Observation observation);

    protected override Tensor Slates(Tensor scores, Observation observation, RecommendationMode mode) => _exploration.Slates(scores, observation, mode);
}
