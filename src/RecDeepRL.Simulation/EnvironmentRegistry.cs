using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Simulation.Environments;

namespace RecDeepRL.Simulation;

/// <summary>Every environment that the program knows, one line each.</summary>
public static class EnvironmentRegistry
{
    public static IReadOnlyList<ComponentRegistration<EnvironmentContext, IEnvironment>> All { get; } =
    [
        Task<PopularOptions>("popular", "task1", "everybody likes the same few items", PopularEnvironment.Create),
        Task<ContextOptions>("context", "task2", "users and items have features, and the best item differs between users", ContextEnvironment.Create),
        Task<DriftOptions>("drift", "task3", "as popular, but tastes turn around during the run", DriftEnvironment.Create),
        Task<PersonalOptions>("personal", "task4", "many items, and every user has tastes of their own", PersonalEnvironment.Create),
        ComponentRegistration.Of<EnvironmentContext, SessionsOptions, IEnvironment>(
            "sessions", "users tire of topics, lose patience and leave: what pleases now may end the session", SessionsEnvironment.Create),
        ComponentRegistration.Of<EnvironmentContext, LongTermSatisfactionOptions, IEnvironment>(
            "satisfaction", "items that lure earn more at once and lower the satisfaction behind all engagement", LongTermSatisfactionEnvironment.Create, ["choc-kale"]),
    ];

    /// <exception cref="UserMistakeException">No such environment.</exception>
    public static ComponentRegistration<EnvironmentContext, IEnvironment> Find(string name) => All.Find("environment", name);

    /// <summary>One of the original's tasks: built in, or read from the original's folder.</summary>
    private static ComponentRegistration<EnvironmentContext, IEnvironment> Task<TOptions>(
        string name, string alias, string summary, Func<EnvironmentContext, TOptions, IEnvironment> create)
        where TOptions : class, new() => ComponentRegistration.Of(name, summary, create, [alias], readsData: true);
}
