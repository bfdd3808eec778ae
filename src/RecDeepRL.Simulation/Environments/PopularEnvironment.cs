using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using RecDeepRL.Core;
using RecDeepRL.Data;
using RecDeepRL.Data.Files;
using RecDeepRL.Data.Synthetic;
using RecDeepRL.Simulation.Responses;

namespace RecDeepRL.Simulation.Environments;

/// <summary>Options of the environment <c>popular</c>.</summary>
public sealed record PopularOptions : BatchOptions
{
    /// <summary>Users in the population, 1 to 100000000; none for 5000. Default none.</summary>
    [Range(1, 100_000_000)]
    public int? Users { get; init; }

    /// <summary>Items in the population, 1 to 1000000; none for 10, or for what the data folder holds. Default none.</summary>
    [Range(1, 1_000_000)]
    public int? Items { get; init; }

    /// <summary>K, distinct items shown to a user in each round, at least 1 and at most the number of items. Default 1.</summary>
    [Range(1, int.MaxValue)]
    public int SlateSize { get; init; } = 1;

    /// <summary>Rounds of a run unless the command asks for another number, at least 1. Default 20.</summary>
    [Range(1, int.MaxValue)]
    public int Iterations { get; init; } = 20;
}

/// <summary>The first task: everybody likes the same items, and tastes stay.</summary>
internal static class PopularEnvironment
{
    public static IEnvironment Create(EnvironmentContext context, PopularOptions options)
    {
        var items = Items(context, options.Items, options.PopulationSeed);
        BatchEnvironments.RequireSlateFits(options.SlateSize, items.ItemKeys.Length);
        return BatchEnvironments.Create("popular", context, options, options.SlateSize, options.Iterations,
            People(options.Users, items), new ItemPopularityModel(items.Popularity, context.Device), Truth(items));
    }

    /// <summary>The items from the data folder, where there is one, or built from the seed.</summary>
    internal static ItemPopularity Items(EnvironmentContext context, int? itemCount, long? populationSeed)
    {
        if (context.DataFolder is not { } folder)
            return SyntheticPopularity.Generate(populationSeed ?? context.Seed, itemCount ?? 10);
        var held = new OriginalFolder(folder).ReadItemPopularity();
        BatchEnvironments.RequireSameSize("items", itemCount, held.ItemKeys.Length, folder);
        return held;
    }

    /// <summary>Users without features, numbered from 0: the original has no file of them.</summary>
    internal static Population People(int? userCount, ItemPopularity items)
    {
        var keys = new long[userCount ?? 5000];
        for (var user = 0; user < keys.Length; user++)
            keys[user] = user;
        return new Population(keys, items.ItemKeys);
    }

    /// <summary>What decides the probabilities, for the fingerprint.</summary>
    internal static byte[] Truth(ItemPopularity items) =>
    [
        .. MemoryMarshal.AsBytes<double>(items.Popularity),
        .. MemoryMarshal.AsBytes<bool>(items.IsPopular),
        .. MemoryMarshal.AsBytes<bool>(items.IsUnpopular),
    ];
}
