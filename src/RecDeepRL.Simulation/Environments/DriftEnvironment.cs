using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Simulation.Responses;

namespace RecDeepRL.Simulation.Environments;

/// <summary>Options of the environment <c>drift</c>.</summary>
public sealed record DriftOptions : BatchOptions
{
    /// <summary>Users in the population, 1 to 10000000; none for 5000. Default none.</summary>
    [Range(1, 10_000_000)]
    public int? Users { get; init; }

    /// <summary>Items in the population, 1 to 1000000; none for 10, or for what the data folder holds. Default none.</summary>
    [Range(1, 1_000_000)]
    public int? Items { get; init; }

    /// <summary>K, distinct items shown to a user in each round, at least 1 and at most the number of items. Default 1.</summary>
    [Range(1, int.MaxValue)]
    public int SlateSize { get; init; } = 1;

    /// <summary>Rounds of a run unless the command asks for another number, at least 1. Default 30.</summary>
    [Range(1, int.MaxValue)]
    public int Iterations { get; init; } = 30;
}

/// <summary>The third task: everybody likes the same items, but the popular ones fall out of favour while the unpopular ones rise.</summary>
internal static class DriftEnvironment
{
    public static IEnvironment Create(EnvironmentContext context, DriftOptions options)
    {
        var items = PopularEnvironment.Items(context, options.Items, options.PopulationSeed);
        BatchEnvironments.RequireSlateFits(options.SlateSize, items.ItemKeys.Length);
        return BatchEnvironments.Create("drift", context, options, options.SlateSize, options.Iterations,
            PopularEnvironment.People(options.Users, items), new DriftingPopularityModel(items, context.Device), PopularEnvironment.Truth(items));
    }
}
