using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Core.State;
using RecDeepRL.Experiments;
using RecDeepRL.Tests.Experiments;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Cluster;

/// <summary>An agent that learns no further until it is let: so a test meets runs in their middle.</summary>
internal sealed class WaitingAgent(AgentContext context) : IAgent
{
    private static int s_begun;

    /// <summary>The registered agents, the stubs, and <c>waiting</c>.</summary>
    public static Catalog Catalog { get; } = SmallRuns.WithStubs with
    {
        Agents = [.. SmallRuns.WithStubs.Agents, ComponentRegistration.Of<AgentContext, NoOptions, IAgent>("waiting", "waits", (context, _) => new WaitingAgent(context))],
    };

    /// <summary>Open: they go on. Shut: they wait.</summary>
    public static ManualResetEventSlim Gate { get; } = new(true);

    /// <summary>How many have come to where they wait.</summary>
    public static int Begun => Volatile.Read(ref s_begun);

    /// <summary>Rounds that each learns of before it waits.</summary>
    public static int FreeRounds { get; set; }

    private int _heard;

    public Tensor Recommend(Observation observation, RecommendationMode mode) =>
        arange(context.Spec.SlateSize, ScalarType.Int64).expand(observation.UserCount, context.Spec.SlateSize).clone();

    public void Learn(Feedback feedback)
    {
        if (_heard++ == FreeRounds)
            Interlocked.Increment(ref s_begun);
        if (_heard > FreeRounds)
            Gate.Wait(TimeSpan.FromSeconds(60));
    }

    public IReadOnlyDictionary<string, double> Diagnose() => new Dictionary<string, double>();

    public void Save(IStateWriter writer) { }

    public void Load(IStateReader reader) { }

    public void Dispose() { }

    internal sealed record NoOptions;
}
