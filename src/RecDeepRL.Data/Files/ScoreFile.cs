using RecDeepRL.Core;

namespace RecDeepRL.Data.Files;

/// <summary>Reads numbers about the items of a population, or about pairs of its users and items, from a Parquet or CSV file. Rows about others are left out.</summary>
public static class ScoreFile
{
    /// <param name="path">A table with the columns <c>item_idx</c> and <paramref name="column"/>.</param>
    /// <param name="itemKeys">[N] distinct keys.</param>
    /// <returns>[N] in the order of the keys.</returns>
    /// <exception cref="UserMistakeException">An unreadable table, another type of column, an item given twice, or one missing.</exception>
    public static double[] ReadItems(string path, string column, IReadOnlyList<long> itemKeys)
    {
        var table = TableFile.Read(path, "item_idx", column);
        var (keys, numbers) = (Keys(table, "item_idx"), Numbers(table, column));
        var ids = Ids(itemKeys);
        var values = new double[itemKeys.Count];
        Array.Fill(values, double.NaN);
        for (var row = 0; row < keys.Length; row++)
        {
            if (!ids.TryGetValue(keys[row], out var item))
                continue;
            if (!double.IsNaN(values[item]))
                throw new UserMistakeException($"{path} tells about item {keys[row]} twice. Keep one row for each item.");
            values[item] = numbers[row];
        }
        var missing = Array.FindIndex(values, double.IsNaN);
        return missing < 0 ? values : throw new UserMistakeException($"{path} has no row for item {itemKeys[missing]}. Every item needs one; add the missing rows.");
    }

    /// <param name="path">A table with the columns <c>user_idx</c>, <c>item_idx</c> and <paramref name="column"/>.</param>
    /// <param name="userKeys">[U] distinct keys.</param>
    /// <param name="itemKeys">[N] distinct keys.</param>
    /// <returns>[U · N], users first, in the order of the keys.</returns>
    /// <exception cref="UserMistakeException">An unreadable table, another type of column, a pair given twice, or one missing.</exception>
    public static float[] ReadPairs(string path, string column, IReadOnlyList<long> userKeys, IReadOnlyList<long> itemKeys)
    {
        var pairCount = (long)userKeys.Count * itemKeys.Count;
        if (pairCount > ResponseTable.MostPairs)
            throw new UserMistakeException($"{userKeys.Count} users and {itemKeys.Count} items are {pairCount} pairs; a table holds at most {ResponseTable.MostPairs}. Use fewer users or items.");
        var table = TableFile.Read(path, "user_idx", "item_idx", column);
        var (rowUsers, rowItems, numbers) = (Keys(table, "user_idx"), Keys(table, "item_idx"), Numbers(table, column));
        var (users, items) = (Ids(userKeys), Ids(itemKeys));
        var values = new float[pairCount];
        Array.Fill(values, float.NaN);
        for (var row = 0; row < numbers.Length; row++)
        {
            if (!users.TryGetValue(rowUsers[row], out var user) || !items.TryGetValue(rowItems[row], out var item))
                continue;
            ref var cell = ref values[((long)user * itemKeys.Count) + item];
            if (!float.IsNaN(cell))
                throw new UserMistakeException($"{path} has two rows for user {rowUsers[row]} and item {rowItems[row]}. Keep one row for each pair.");
            cell = SinglePrecision.Of(numbers[row], column, path);
        }
        var missing = Array.FindIndex(values, float.IsNaN);
        return missing < 0 ? values : throw new UserMistakeException(
            $"{path} has no row for user {userKeys[missing / itemKeys.Count]} and item {itemKeys[missing % itemKeys.Count]}. Every user needs a number for every item; add the missing rows.");
    }

    private static Dictionary<long, int> Ids(IReadOnlyList<long> keys) => keys.Index().ToDictionary(one => one.Item, one => one.Index);

    private static long[] Keys(DataTable table, string column) => table.Find(column) is IntegerColumn keys
        ? keys.Values
        : throw new UserMistakeException($"Column '{column}' of {table.Source} holds something else than whole numbers. Its keys must be whole numbers.");

    private static double[] Numbers(DataTable table, string column) => table.Find(column) switch
    {
        NumberColumn numbers => numbers.Values,
        IntegerColumn integers => [.. integers.Values.Select(value => (double)value)],
        _ => throw new UserMistakeException($"Column '{column}' of {table.Source} holds texts, expected numbers."),
    };
}
