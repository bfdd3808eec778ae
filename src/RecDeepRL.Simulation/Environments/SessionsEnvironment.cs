using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Data.Synthetic;
using RecDeepRL.Simulation.Choices;
using RecDeepRL.Simulation.Dynamics;

namespace RecDeepRL.Simulation.Environments;

/// <summary>Options of the environment <c>sessions</c>.</summary>
public sealed record SessionsOptions : BatchOptions
{
    /// <summary>Users in the population, 1 to 10000000. Default 1000.</summary>
    [Range(1, 10_000_000)]
    public int Users { get; init; } = 1000;

    /// <summary>Items in the population, 1 to 1000000. Default 100.</summary>
    [Range(1, 1_000_000)]
    public int Items { get; init; } = 100;

    /// <summary>Topics of the items, 1 to 1000: item i is of topic i modulo this. Default 10.</summary>
    [Range(1, 1000)]
    public int Topics { get; init; } = 10;

    /// <summary>K, distinct items shown to a user in each round, at least 1 and at most the number of items. Default 3.</summary>
    [Range(1, int.MaxValue)]
    public int SlateSize { get; init; } = 3;

    /// <summary>Rounds of a run unless the command asks for another number, at least 1. Default 500.</summary>
    [Range(1, int.MaxValue)]
    public int Iterations { get; init; } = 500;

    /// <summary>Rounds after which a session is cut off, at least 1; only rounds count in which the user takes part. Default 50.</summary>
    [Range(1, int.MaxValue)]
    public int SessionLimit { get; init; } = 50;

    /// <summary>Rounds that a user stays away after a session, on average, at least 1, before the same person comes back; none for a fresh visitor at once. Default none.</summary>
    [Range(1.0, double.MaxValue)]
    public double? ReturnAfter { get; init; }

    /// <summary>Share of the satiation with a topic that stays from one round to the next, in [0, 1). Default 0.8.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double SatiationRetention { get; init; } = .8;

    /// <summary>How strongly satiation lowers appeal, at least 0: each further shown item of the topic divides it by e to this power. Default 0.3.</summary>
    [Range(0.0, double.MaxValue)]
    public double SatiationInfluence { get; init; } = .3;

    /// <summary>Patience at the beginning of a session, and the most that a user ever has, above 0. Default 4.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double Patience { get; init; } = 4;

    /// <summary>Patience that a round without any response costs, at least 0. Default 1.</summary>
    [Range(0.0, double.MaxValue)]
    public double SilenceCost { get; init; } = 1;

    /// <summary>Patience that a round of complete boredom costs, at least 0; less in proportion. Default 2.</summary>
    [Range(0.0, double.MaxValue)]
    public double BoredomCost { get; init; } = 2;

    /// <summary>Patience that each response gives back, at least 0. Default 0.25.</summary>
    [Range(0.0, double.MaxValue)]
    public double PatienceRefill { get; init; } = .25;

    /// <summary>Probability of leaving after a round whatever was shown, in [0, 1]. Default 0.02.</summary>
    [Range(0.0, 1.0)]
    public double LeaveProbability { get; init; } = .02;
}

/// <summary>Users tire of topics and leave when bored: the slates that are answered most now shorten the session.</summary>
internal static class SessionsEnvironment
{
    public static IEnvironment Create(EnvironmentContext context, SessionsOptions options)
    {
        TableEnvironments.RequireTableFits(options.Users, options.Items);
        BatchEnvironments.RequireSlateFits(options.SlateSize, options.Items);
        var seed = options.PopulationSeed ?? context.Seed;
        var data = SyntheticSessions.Generate(seed, options.Users, options.Items, options.Topics);
        return TableEnvironments.Create(
            "sessions", context, options, options.SlateSize, options.Iterations, data.Responses, data.Users, data.Items, [],
            population => Parts(options, new PartContext(population, context.Device, seed, options.SlateSize, options.Iterations) { Users = BatchEnvironments.UsersOf(context, population) }));
    }

    private static EnvironmentParts Parts(SessionsOptions options, PartContext context) => new(
        new IndependentChoice(),
        [
            new Satiation(context, new SatiationOptions { Retention = options.SatiationRetention, Influence = options.SatiationInfluence }),
            new Patience(context, new PatienceOptions { Budget = options.Patience, Silence = options.SilenceCost, Boredom = options.BoredomCost, Refill = options.PatienceRefill }),
            new Leaving(new LeavingOptions { Probability = options.LeaveProbability }),
        ],
        new SessionOptions(options.SessionLimit, options.ReturnAfter));
}
