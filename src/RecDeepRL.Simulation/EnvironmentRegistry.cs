using RecDeepRL.Core;
using RecDeepRL.Core.Options;

namespace RecDeepRL.Simulation;

/// <summary>Every environment that the program knows, one line each.</summary>
public static class EnvironmentRegistry
{
    public static IReadOnlyList<ComponentRegistration<EnvironmentContext, IEnvironment>> All { get; } = [];

    /// <exception cref="UserMistakeException">No such environment.</exception>
    public static ComponentRegistration<EnvironmentContext, IEnvironment> Find(string name) => All.Find("environment", name);
}
