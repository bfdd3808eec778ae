using RecDeepRL.Agents;
using RecDeepRL.Agents.Neural;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

/// <summary>Actor-critics whose networks are known: three items at .2, .5 and .8 on a line, Q(s, e) = e for e > 0, one point for every user.</summary>
internal static class KnownNetworks
{
    /// <summary>The registered names of the actor-critics.</summary>
    public static TheoryData<string> Names => ["ddpg", "td3", "sac"];

    private static readonly string[] s_small =
        ["hiddenSize=1", "embeddingSize=1", "factors=0", "discount=0.9", "criticLearningRate=1e-12", "actorLearningRate=0.001", "warmup=0", "batchSize=16", "updatesPerIteration=10", "slatesPerUpdate=1", "randomShare=0"];

    public static ActorCriticAgent Create(string name, AgentContext context, params string[] settings)
    {
        var registration = AgentRegistry.Find(name);
        var options = OptionsBinder.Bind(registration.OptionsType, settings.Select(setting => KeyValuePair.Create(setting.Split('=')[0], setting.Split('=')[1])));
        return Assert.IsAssignableFrom<ActorCriticAgent>(registration.Create(context, options));
    }

    /// <summary>An agent whose target networks are known. Its online ones are as they were drawn.</summary>
    /// <param name="point">Where the actor points; with <c>sac</c>, before the tanh.</param>
    public static ActorCriticAgent WithTarget(string name, ToyBandit toy, float point = 0.6f, params string[] settings)
    {
        var agent = Create(name, toy.ContextFor(1), [.. s_small, .. settings]);
        Set(agent.Target, point);
        return agent;
    }

    /// <summary>An agent whose online networks are known.</summary>
    public static ActorCriticAgent WithOnline(string name, ToyBandit toy, float point = 0.6f, params string[] settings)
    {
        var agent = Create(name, toy.ContextFor(1), [.. s_small, .. settings]);
        Set(agent.Online, point);
        return agent;
    }

    public static void Set(ActorCritic networks, float point)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        networks.CriticParameters.Values.zero_();
        networks.ActorParameters.Values.zero_();
        networks.CriticParameters["items.embedding"].copy_(tensor(new[,] { { 0.2f }, { 0.5f }, { 0.8f } }).atanh());
        foreach (var critic in networks.Critics.Count == 1 ? new[] { "critic" } : ["critic", "critic2"])
        {
            foreach (var weight in new[] { ".item.weight", ".hidden.weight" })
                networks.CriticParameters[critic + weight].fill_(1);
            // The first output is ρ, the second φ, which stays 0.
            networks.CriticParameters[critic + ".output.weight"][0].fill_(1);
        }
        networks.ActorParameters["actor.2.bias"][0] = point;
    }

    /// <summary>A round in which every user was shown items 0 and 2, or item 0 alone.</summary>
    public static Feedback Round(ToyBandit toy, float[,] responses, bool[]? terminated = null, bool[]? truncated = null)
    {
        var (users, slots) = (responses.GetLength(0), responses.GetLength(1));
        return new Feedback
        {
            Observation = toy.Observe(),
            Slates = arange(slots, ScalarType.Int64).mul(2).expand(users, slots).contiguous(),
            Responses = tensor(responses),
            Reward = tensor(responses).sum(1),
            NextObservation = toy.Observe(),
            Terminated = terminated is null ? zeros([users], ScalarType.Bool) : tensor(terminated),
            Truncated = truncated is null ? zeros([users], ScalarType.Bool) : tensor(truncated),
        };
    }

    /// <summary>All rows of the buffer, oldest first.</summary>
    public static ReplayBatch Rows(ActorCriticAgent agent, int steps = 1, double discount = 0.9) =>
        agent.Replay.Take(arange(agent.Replay.Count - 1, -1, -1, ScalarType.Int64), steps, discount);
}
