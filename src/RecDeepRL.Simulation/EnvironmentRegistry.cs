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
        BuiltIn<SessionsOptions>("sessions", null, "users tire of topics, lose patience and leave: what pleases now may end the session", SessionsEnvironment.Create),
        BuiltIn<LongTermSatisfactionOptions>("satisfaction", "choc-kale", "items that lure earn more at once and lower the satisfaction behind all engagement", LongTermSatisfactionEnvironment.Create),
        BuiltIn<WheelOptions>("wheel", null, "one safe item everywhere, and far better ones for few users each: who explores enough to find them?", WheelEnvironment.Create),
        BuiltIn<LinearOptions>("linear", null, "rewards linear in the user features, of all or of a few: the problem that linear bandits are made for", LinearEnvironment.Create),
        BuiltIn<ComposedOptions>("composed", null, "users, items, response steps, choice and dynamics as you put them together", ComposedEnvironment.Create),
    ];

    /// <exception cref="UserMistakeException">No such environment.</exception>
    public static ComponentRegistration<EnvironmentContext, IEnvironment> Find(string name) => All.Find("environment", name);

    /// <summary>One of the original's tasks: built in, or read from the original's folder.</summary>
    private static ComponentRegistration<EnvironmentContext, IEnvironment> Task<TOptions>(
        string name, string alias, string summary, Func<EnvironmentContext, TOptions, IEnvironment> create)
        where TOptions : class, new() => ComponentRegistration.Of(name, summary, create, [alias], readsData: true);

    /// <summary>An environment that no data folder is read for.</summary>
    private static ComponentRegistration<EnvironmentContext, IEnvironment> BuiltIn<TOptions>(
        string name, string? alias, string summary, Func<EnvironmentContext, TOptions, IEnvironment> create)
        where TOptions : class, new() => ComponentRegistration.Of(name, summary, create, alias is null ? [] : [alias]);
}
