using System.Runtime.CompilerServices;
using RecDeepRL.Agents;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Core.State;
using RecDeepRL.Experiments;
using RecDeepRL.Simulation;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Experiments;

/// <summary>Catalogues and plans that run in milliseconds.</summary>
internal static class SmallRuns
{
    public static Catalog Registered { get; } = new(AgentRegistry.All, EnvironmentRegistry.All);

    /// <summary>The registered agents and <c>fixed</c> (always the first K items) and <c>failing</c> (throws when it should learn).</summary>
    public static Catalog WithStubs { get; } = Registered with
    {
        Agents =
        [
            .. AgentRegistry.All,
            ComponentRegistration.Of<AgentContext, NoOptions, IAgent>("fixed", "the first items", (context, _) => new FixedAgent(context, fails: false)),
            ComponentRegistration.Of<AgentContext, NoOptions, IAgent>("failing", "throws", (context, _) => new FixedAgent(context, fails: true)),
        ],
    };

    public static RunPlan Plan(string agent, string environment, int iterations = 6, long seed = 7, int users = 60, int slots = 2) => new()
    {
        Agent = agent,
        Environment = environment,
        EnvironmentOptions = new Dictionary<string, string>
        {
            ["users"] = users.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["slateSize"] = slots.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["items"] = "12",
        },
        Iterations = iterations,
        Seed = seed,
    };

    public static RunPair Pair(RunPlan plan, Catalog? catalog = null) => RunPair.Create(catalog ?? WithStubs, plan, CPU);

    internal sealed record NoOptions;

    private sealed class FixedAgent(AgentContext context, bool fails) : IAgent
    {
        public Tensor Recommend(Observation observation, RecommendationMode mode) =>
            arange(context.Spec.SlateSize, ScalarType.Int64).expand(observation.UserCount, context.Spec.SlateSize).clone();

        // Its name is looked for in what is told of the fault.
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Learn(Feedback feedback)
        {
            if (fails)
                throw new InvalidOperationException("this agent cannot learn");
        }

        public IReadOnlyDictionary<string, double> Diagnose() => new Dictionary<string, double> { ["constant"] = 1 };

        public void Save(IStateWriter writer) { }

        public void Load(IStateReader reader) { }

        public void Dispose() { }
    }
}
