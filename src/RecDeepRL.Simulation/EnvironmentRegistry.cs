using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Simulation.Environments;

namespace RecDeepRL.Simulation;

/// <summary>Every environment that the program knows, one line each.</summary>
public static class EnvironmentRegistry
{
    public static IReadOnlyList<ComponentRegistration<EnvironmentContext, IEnvironment>> All { get; } =
    [
        Environment<PopularOptions>("popular", "task1", "everybody likes the same few items", PopularEnvironment.Create),
        Environment<ContextOptions>("context", "task2", "users and items have features, and the best item differs between users", ContextEnvironment.Create),
        Environment<DriftOptions>("drift", "task3", "as popular, but tastes turn around during the run", DriftEnvironment.Create),
        Environment<PersonalOptions>("personal", "task4", "many items, and every user has tastes of their own", PersonalEnvironment.Create),
        ComponentRegistration.Of<EnvironmentContext, ComposedOptions, IEnvironment>("composed", "users, items, response steps and choice as you put them together", ComposedEnvironment.Create),
    ];

    /// <exception cref="UserMistakeException">No such environment.</exception>
    public static ComponentRegistration<EnvironmentContext, IEnvironment> Find(string name) => All.Find("environment", name);

    private static ComponentRegistration<EnvironmentContext, IEnvironment> Environment<TOptions>(
        string name, string alias, string summary, Func<EnvironmentContext, TOptions, IEnvironment> create)
        where TOptions : class, new() => ComponentRegistration.Of(name, summary, create, [alias]);
}
