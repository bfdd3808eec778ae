using RecDeepRL.Core;
using RecDeepRL.Data.Files;

namespace RecDeepRL.Simulation;

/// <summary>Reads which items may ever be shown to whom, from a table of pairs.</summary>
internal static class Eligibility
{
    /// <param name="path">A Parquet file or folder, or a CSV file, with the columns <c>user_idx</c> and <c>item_idx</c>, keys of the population. Rows of
    /// other users or items are left out; a pair may stand more than once.</param>
    /// <returns>[U · N] whether each pair is in the table, users first.</returns>
    /// <exception cref="UserMistakeException">An unreadable table, keys that are no whole numbers, or a user with fewer items than a slate shows.</exception>
    public static bool[] Read(string path, Population population, int slateSize)
    {
        Candidates.RequirePairsFit("eligibility", population.UserCount, population.ItemCount);
        if (!File.Exists(path) && !Directory.Exists(path))
            throw new UserMistakeException($"eligibility was '{path}', where there is no file. Expected is a Parquet or CSV table with the columns user_idx and item_idx.");
        var table = TableFile.Read(path, "user_idx", "item_idx");
        var (userKeys, itemKeys) = (Keys(table, 0), Keys(table, 1));
        var (users, items) = (Ids(population.UserKeys), Ids(population.ItemKeys));
        var allowed = new bool[population.UserCount * population.ItemCount];
        for (var row = 0; row < userKeys.Length; row++)
            if (users.TryGetValue(userKeys[row], out var user) && items.TryGetValue(itemKeys[row], out var item))
                allowed[(user * population.ItemCount) + item] = true;
        for (var user = 0; user < population.UserCount; user++)
        {
            var count = allowed.AsSpan(user * population.ItemCount, population.ItemCount).Count(true);
            if (count < slateSize)
                throw new UserMistakeException($"{path} allows user {population.UserKeys[user]} {count} of the items, a slate shows {slateSize}. Every user needs at least as many as a slate shows; add rows (user_idx, item_idx), or lower slateSize.");
        }
        return allowed;
    }

    private static long[] Keys(DataTable table, int column) => table.Columns[column] is IntegerColumn keys
        ? keys.Values
        : throw new UserMistakeException($"Column '{table.Columns[column].Name}' of {table.Source} does not hold whole numbers. Expected are keys of the population.");

    private static Dictionary<long, int> Ids(IReadOnlyList<long> keys) =>
        keys.Select((key, id) => KeyValuePair.Create(key, id)).ToDictionary();
}
