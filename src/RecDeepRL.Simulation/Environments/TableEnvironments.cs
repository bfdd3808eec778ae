using System.Runtime.InteropServices;
using RecDeepRL.Core;
using RecDeepRL.Data;
using RecDeepRL.Simulation.Responses;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Environments;

/// <summary>What the environments with a probability for each pair have in common when they are made.</summary>
internal static class TableEnvironments
{
    /// <param name="users">Features by user id, or none.</param>
    /// <param name="items">Features by item id, or none.</param>
    /// <param name="itemLabels">What the source says of the items in words; none for nothing.</param>
    /// <param name="parts">Makes what it is composed of beside the table, from the population; none for users who stay as they are.</param>
    public static IEnvironment Create(
        string name, EnvironmentContext context, BatchOptions options, int slateSize, int iterations,
        ResponseTable responses, FeatureTable? users, FeatureTable? items, string[] itemTitles,
        Func<Population, EnvironmentParts>? parts = null, IReadOnlyList<ItemLabel>? itemLabels = null)
    {
        var population = PopulationOf(context, responses.UserKeys, responses.ItemKeys, users, items, itemTitles, itemLabels);
        var model = new TableModel(responses.Probabilities, responses.UserKeys.Length, responses.ItemKeys.Length, context.Device);
        return BatchEnvironments.Create(name, context, options, slateSize, iterations, population, model, MemoryMarshal.AsBytes<float>(responses.Probabilities), parts?.Invoke(population));
    }

    /// <param name="userKeys">[U], ascending.</param>
    /// <param name="itemKeys">[N], ascending.</param>
    /// <inheritdoc cref="Create"/>
    public static Population PopulationOf(
        EnvironmentContext context, long[] userKeys, long[] itemKeys, FeatureTable? users, FeatureTable? items, string[]? itemTitles = null, IReadOnlyList<ItemLabel>? itemLabels = null) =>
        new(userKeys, itemKeys, ToTensor(users, userKeys.Length, context.Device), ToTensor(items, itemKeys.Length, context.Device))
        {
            UserFeatureNames = users?.Names ?? [],
            ItemFeatureNames = items?.Names ?? [],
            ItemTitles = itemTitles ?? [],
            ItemLabels = itemLabels ?? [],
        };

    /// <summary>Checks what the user asked for against what the files hold.</summary>
    /// <exception cref="UserMistakeException">They differ, or a slate needs more items than there are.</exception>
    public static void RequireSizes(int? users, int? items, int slateSize, ResponseTable held, string dataFolder)
    {
        BatchEnvironments.RequireSameSize("users", users, held.UserKeys.Length, dataFolder);
        BatchEnvironments.RequireSameSize("items", items, held.ItemKeys.Length, dataFolder);
        BatchEnvironments.RequireSlateFits(slateSize, held.ItemKeys.Length);
    }

    /// <summary>Checks that a table of these sizes can be made.</summary>
    /// <exception cref="UserMistakeException">It is too large.</exception>
    public static void RequireTableFits(int users, int items)
    {
        if ((long)users * items > ResponseTable.MostPairs)
            throw new UserMistakeException($"users was {users} and items was {items}, {(long)users * items} pairs; a table holds at most {ResponseTable.MostPairs}. Ask for fewer users or items.");
    }

    /// <returns>[rows, features] float32, or none without features. The caller disposes.</returns>
    public static Tensor? ToTensor(FeatureTable? features, int rows, Device device)
    {
        if (features is null)
            return null;
        using var loaded = tensor(features.Values, [rows, features.Names.Length], ScalarType.Float32);
        return loaded.to(device, copy: true);
    }
}
