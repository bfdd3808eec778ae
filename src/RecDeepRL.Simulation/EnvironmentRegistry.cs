using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Simulation.Environments;

namespace RecDeepRL.Simulation;

/// <summary>Every environment that the program knows, one line each.</summary>
public static class EnvironmentRegistry
{
    public static IReadOnlyList<ComponentRegistration<EnvironmentContext, IEnvironment>> All { get; } =
    [
        ComponentRegistration.Of<EnvironmentContext, PopularOptions, IEnvironment>("popular", "everybody likes the same few items", PopularEnvironment.Create, ["task1"]),
        ComponentRegistration.Of<EnvironmentContext, DriftOptions, IEnvironment>("drift", "as popular, but tastes turn around during the run", DriftEnvironment.Create, ["task3"]),
    ];

    /// <exception cref="UserMistakeException">No such environment.</exception>
    public static ComponentRegistration<EnvironmentContext, IEnvironment> Find(string name) => All.Find("environment", name);
}
