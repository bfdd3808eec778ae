using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Data.Synthetic;
using RecDeepRL.Simulation.Choices;

namespace RecDeepRL.Simulation.Environments;

/// <summary>Options of the environment <c>linear</c>.</summary>
public sealed record LinearOptions : BatchOptions
{
    /// <summary>Users in the population, 1 to 10000000. Default 2000.</summary>
    [Range(1, 10_000_000)]
    public int Users { get; init; } = 2000;

    /// <summary>Items in the population, 1 to 1000000. Default 8.</summary>
    [Range(1, 1_000_000)]
    public int Items { get; init; } = 8;

    /// <summary>K, distinct items shown to a user in each round, at least 1 and at most the number of items. Default 1.</summary>
    [Range(1, int.MaxValue)]
    public int SlateSize { get; init; } = 1;

    /// <summary>Rounds of a run unless the command asks for another number, at least 1. Default 50.</summary>
    [Range(1, int.MaxValue)]
    public int Iterations { get; init; } = 50;

    /// <summary>D, features of a user, 1 to 1000. Default 10.</summary>
    [Range(1, 1000)]
    public int Features { get; init; } = 10;

    /// <summary>Features that count for an item, drawn for each item, 1 to the number of features; none for all. Default none.</summary>
    [Range(1, 1000)]
    public int? ActiveFeatures { get; init; }

    /// <summary>Standard deviation of a reward, before it is scaled to [0, 1], at least 0. Default 0.05.</summary>
    [Range(0.0, 1e6)]
    public double Noise { get; init; } = .05;
}

/// <summary>The linear bandit of Riquelme, Tucker and Snoek 2018, and with <c>activeFeatures</c> their sparse-linear one.</summary>
/// <remarks>Deviates: contexts are the fixed features of a population of users, of whom each round includes some, instead of fresh draws; features are near normal, within ±2√3;
/// rewards are scaled to [0, 1]; the noise is the same for all items, where the published code gives item i, from 0, the deviation .01·(i + 1).</remarks>
internal static class LinearEnvironment
{
    public static IEnvironment Create(EnvironmentContext context, LinearOptions options)
    {
        TableEnvironments.RequireTableFits(options.Users, Math.Max(options.Items, options.Features));
        BatchEnvironments.RequireSlateFits(options.SlateSize, options.Items);
        var active = options.ActiveFeatures ?? options.Features;
        if (active > options.Features)
            throw new UserMistakeException($"activeFeatures was {active}, must be at most the number of features, which is {options.Features}.");
        var data = SyntheticLinear.Generate(options.PopulationSeed ?? context.Seed, options.Users, options.Items, options.Features, active, options.Noise);
        return TableEnvironments.Create(
            "linear", context, options, options.SlateSize, options.Iterations, data.Responses, data.Users, null, [],
            _ => EnvironmentParts.Plain with { Choice = new GaussianChoice(data.Deviation) });
    }
}
