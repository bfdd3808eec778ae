using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Data.Synthetic;
using RecDeepRL.Simulation.Choices;

namespace RecDeepRL.Simulation.Environments;

/// <summary>Options of the environment <c>wheel</c>.</summary>
public sealed record WheelOptions : BatchOptions
{
    /// <summary>Users in the population, 1 to 10000000. Default 5000.</summary>
    [Range(1, 10_000_000)]
    public int Users { get; init; } = 5000;

    /// <summary>Items in the population, 1 to 1000000: a safe one, and one for each sector of the rim. Default 5.</summary>
    [Range(1, 1_000_000)]
    public int Items { get; init; } = 5;

    /// <summary>K, distinct items shown to a user in each round, at least 1 and at most the number of items. Default 1.</summary>
    [Range(1, int.MaxValue)]
    public int SlateSize { get; init; } = 1;

    /// <summary>Rounds of a run unless the command asks for another number, at least 1. Default 100.</summary>
    [Range(1, int.MaxValue)]
    public int Iterations { get; init; } = 100;

    /// <summary>δ, radius from which on the item of the sector pays, in [0, 1]: the higher, the fewer users it pays for. Default 0.95.</summary>
    [Range(0.0, 1.0)]
    public double Delta { get; init; } = .95;

    /// <summary>Standard deviation of a reward, before it is scaled to [0, 1], at least 0. Default 0.01.</summary>
    [Range(0.0, 1e6)]
    public double Noise { get; init; } = .01;
}

/// <summary>The Wheel bandit of Riquelme, Tucker and Snoek 2018, Deep Bayesian Bandits Showdown: it asks for exploration, and the more so the higher δ is.</summary>
/// <remarks>Deviates: contexts are the fixed features of a population of users, of whom each round includes some, instead of fresh draws; rewards are scaled to [0, 1];
/// there may be another number of sectors than four.</remarks>
internal static class WheelEnvironment
{
    public static IEnvironment Create(EnvironmentContext context, WheelOptions options)
    {
        TableEnvironments.RequireTableFits(options.Users, options.Items);
        BatchEnvironments.RequireSlateFits(options.SlateSize, options.Items);
        var data = SyntheticWheel.Generate(options.PopulationSeed ?? context.Seed, options.Users, options.Items, options.Delta, options.Noise);
        return TableEnvironments.Create(
            "wheel", context, options, options.SlateSize, options.Iterations, data.Responses, data.Users, null, [],
            _ => EnvironmentParts.Plain with { Choice = new GaussianChoice(data.Deviation) });
    }
}
