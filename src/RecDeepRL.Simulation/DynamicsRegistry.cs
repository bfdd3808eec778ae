using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Simulation.Dynamics;

namespace RecDeepRL.Simulation;

/// <summary>Every way of changing users that an environment can be composed of, one line each.</summary>
internal sealed class DynamicsRegistry : IPartRegistry
{
    private DynamicsRegistry()
    {
    }

    public static IReadOnlyList<ComponentRegistration<PartContext, IUserDynamics>> All { get; } =
    [
        Part<SatiationOptions>("satiation", "users tire of topics they are shown and recover from them", (context, options) => new Satiation(context, options)),
        Part<SatisfactionOptions>("long-term-satisfaction", "items that lure lower the appeal of everything, honest ones raise it", (context, options) => new Satisfaction(context, options)),
        Part<InterestDriftOptions>("interest-drift", "tastes follow what users consume, or flee from it", (context, options) => new InterestDrift(context, options)),
        Part<PatienceOptions>("patience", "users leave when silence and boredom have used up their patience", (context, options) => new Patience(context, options)),
        Part<LeavingOptions>("leaving", "users leave at random, with the same probability after each round", (_, options) => new Leaving(options)),
    ];

    public static string Label => "user dynamics";

    public static IReadOnlyList<IComponentDescription> Descriptions => All;

    /// <exception cref="UserMistakeException">No such dynamics.</exception>
    public static ComponentRegistration<PartContext, IUserDynamics> Find(string name) => All.Find("part", name);

    private static ComponentRegistration<PartContext, IUserDynamics> Part<TOptions>(
        string name, string summary, Func<PartContext, TOptions, IUserDynamics> create)
        where TOptions : class, new() => ComponentRegistration.Of(name, summary, create);
}
