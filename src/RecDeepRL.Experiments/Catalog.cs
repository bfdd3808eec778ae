using RecDeepRL.Core;
using RecDeepRL.Core.Options;

namespace RecDeepRL.Experiments;

/// <summary>The agents and environments that can be run; the program hands the registries over, since this room knows neither.</summary>
public sealed record Catalog(
    IReadOnlyList<ComponentRegistration<AgentContext, IAgent>> Agents,
    IReadOnlyList<ComponentRegistration<EnvironmentContext, IEnvironment>> Environments);
