using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Data;
using RecDeepRL.Data.Files;
using RecDeepRL.Data.Synthetic;

namespace RecDeepRL.Simulation.Environments;

/// <summary>Options of the environment <c>context</c>.</summary>
public sealed record ContextOptions : BatchOptions
{
    /// <summary>Users in the population, 1 to 10000000; none for 3000, or for as many as the data folder holds. Default none.</summary>
    [Range(1, 10_000_000)]
    public int? Users { get; init; }

    /// <summary>Items in the population, 1 to 1000000; none for 10, or for as many as the data folder holds. Default none.</summary>
    [Range(1, 1_000_000)]
    public int? Items { get; init; }

    /// <summary>K, distinct items shown to a user in each round, at least 1 and at most the number of items. Default 1.</summary>
    [Range(1, int.MaxValue)]
    public int SlateSize { get; init; } = 1;

    /// <summary>Rounds of a run unless the command asks for another number, at least 1. Default 20.</summary>
    [Range(1, int.MaxValue)]
    public int Iterations { get; init; } = 20;
}

/// <summary>The second task: users and items have features, and the best item differs between users.</summary>
internal static class ContextEnvironment
{
    public static IEnvironment Create(EnvironmentContext context, ContextOptions options)
    {
        var data = Load(context, options);
        return TableEnvironments.Create("context", context, options, options.SlateSize, options.Iterations, data.Responses, data.Users, data.Items, data.ItemTitles);
    }

    private static ContextData Load(EnvironmentContext context, ContextOptions options)
    {
        if (context.DataFolder is { } folder)
        {
            var held = new OriginalFolder(folder).ReadContext();
            TableEnvironments.RequireSizes(options.Users, options.Items, options.SlateSize, held.Responses, folder);
            return held;
        }
        var (users, items) = (options.Users ?? 3000, options.Items ?? 10);
        TableEnvironments.RequireTableFits(users, items);
        BatchEnvironments.RequireSlateFits(options.SlateSize, items);
        return SyntheticContext.Generate(options.PopulationSeed ?? context.Seed, users, items);
    }
}
