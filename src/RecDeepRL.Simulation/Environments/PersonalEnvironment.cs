using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using RecDeepRL.Core;
using RecDeepRL.Data;
using RecDeepRL.Data.Files;
using RecDeepRL.Data.Synthetic;
using RecDeepRL.Simulation.Responses;

namespace RecDeepRL.Simulation.Environments;

/// <summary>Options of the environment <c>personal</c>.</summary>
public sealed record PersonalOptions : BatchOptions
{
    /// <summary>Users in the population, 1 to 10000000; none for 6040, or for as many as the data folder holds. Default none.</summary>
    [Range(1, 10_000_000)]
    public int? Users { get; init; }

    /// <summary>Items in the population, 1 to 1000000; none for 1000, or for as many as the data folder holds. Default none.</summary>
    [Range(1, 1_000_000)]
    public int? Items { get; init; }

    /// <summary>K, distinct items shown to a user in each round, at least 1 and at most the number of items. Default 10.</summary>
    [Range(1, int.MaxValue)]
    public int SlateSize { get; init; } = 10;

    /// <summary>Rounds of a run unless the command asks for another number, at least 1. Default 50.</summary>
    [Range(1, int.MaxValue)]
    public int Iterations { get; init; } = 50;

    /// <summary>Whether agents see features of users and items beside their ids. Default false.</summary>
    public bool Features { get; init; }

    /// <summary>Latent factors behind the built-in population, 1 to 1024. Of no effect on data that is read from files. Default 96.</summary>
    [Range(1, 1024)]
    public int Rank { get; init; } = 96;

    /// <summary>Share of a user's taste in the built-in population that no factor explains, in [0, 1]. Of no effect on data that is read from files. Default 0.02.</summary>
    [Range(0.0, 1.0)]
    public double Noise { get; init; } = .02;
}

/// <summary>The fourth task: many items, and every user has tastes of their own.</summary>
internal static class PersonalEnvironment
{
    public static IEnvironment Create(EnvironmentContext context, PersonalOptions options)
    {
        if (context.DataFolder is null && (long)UserCount(options) * ItemCount(options) > ResponseTable.MostPairs)
            return CreateWithoutTable(context, options);
        var (responses, users, items) = context.DataFolder is { } folder ? Read(folder, options) : Generate(context, options);
        // Labels are for people: they are there whether or not agents see features.
        var labels = context.DataFolder is { } data ? new OriginalFolder(data).ReadPersonalLabels(responses.ItemKeys) : [];
        return TableEnvironments.Create("personal", context, options, options.SlateSize, options.Iterations, responses, users, items, [], itemLabels: labels);
    }

    private static int UserCount(PersonalOptions options) => options.Users ?? 6040;

    private static int ItemCount(PersonalOptions options) => options.Items ?? 1000;

    /// <summary>A built-in population of more pairs than a table holds: their probabilities are computed from the factors when they are asked for.</summary>
    private static IEnvironment CreateWithoutTable(EnvironmentContext context, PersonalOptions options)
    {
        var (seed, userCount, itemCount) = (options.PopulationSeed ?? context.Seed, UserCount(options), ItemCount(options));
        BatchEnvironments.RequireSlateFits(options.SlateSize, itemCount);
        var tastes = new PersonalTastes(seed, itemCount, options.Rank, options.Noise);
        var features = options.Features ? SyntheticPersonal.Features(tastes, userCount) : ((FeatureTable Users, FeatureTable Items)?)null;
        var population = TableEnvironments.PopulationOf(context, SyntheticPersonal.Keys(userCount), SyntheticPersonal.Keys(itemCount), features?.Users, features?.Items);
        // All draws follow from these, with arithmetic that is the same on every machine.
        var truth = string.Create(CultureInfo.InvariantCulture, $"tastes {seed} {userCount} {itemCount} {options.Rank} {options.Noise:R}");
        return BatchEnvironments.Create(
            "personal", context, options, options.SlateSize, options.Iterations, population, new PersonalTastesModel(tastes, context.Device), Encoding.ASCII.GetBytes(truth));
    }

    private static (ResponseTable Responses, FeatureTable? Users, FeatureTable? Items) Read(string folder, PersonalOptions options)
    {
        var original = new OriginalFolder(folder);
        var responses = original.ReadPersonal();
        TableEnvironments.RequireSizes(options.Users, options.Items, options.SlateSize, responses, folder);
        return options.Features
            ? (responses, original.ReadPersonalUsers(responses.UserKeys), original.ReadPersonalItems(responses.ItemKeys))
            : (responses, null, null);
    }

    private static (ResponseTable Responses, FeatureTable? Users, FeatureTable? Items) Generate(EnvironmentContext context, PersonalOptions options)
    {
        BatchEnvironments.RequireSlateFits(options.SlateSize, ItemCount(options));
        var data = SyntheticPersonal.Generate(options.PopulationSeed ?? context.Seed, UserCount(options), ItemCount(options), options.Rank, options.Noise);
        return options.Features ? (data.Responses, data.Users, data.Items) : (data.Responses, null, null);
    }
}
