using RecDeepRL.Data.Files;

namespace RecDeepRL.Simulation.Learning;

/// <summary>Tables that several models write.</summary>
internal static class LearnedTables
{
    /// <summary>Every chosen user with every chosen item.</summary>
    /// <param name="users">Ids in the log, ascending; items likewise.</param>
    /// <param name="probabilities">[users · items], users first. Written with the precision that environments use, 32 bits.</param>
    public static DataTable Probabilities(InteractionLog log, int[] users, int[] items, double[] probabilities)
    {
        var (userKeys, itemKeys) = (new long[probabilities.Length], new long[probabilities.Length]);
        var chosen = Array.ConvertAll(items, item => log.ItemKeys[item]);
        for (var row = 0; row < users.Length; row++)
        {
            userKeys.AsSpan(row * items.Length, items.Length).Fill(log.UserKeys[users[row]]);
            chosen.CopyTo(itemKeys.AsSpan(row * items.Length));
        }
        return new DataTable(
        [
            new IntegerColumn("user_idx", userKeys),
            new IntegerColumn("item_idx", itemKeys),
            new NumberColumn("popularity", Array.ConvertAll(probabilities, probability => (double)(float)probability)),
        ]);
    }

    /// <summary>Titles of the chosen items; none where the dataset has none.</summary>
    public static DataTable? Titles(DataTable? known, InteractionLog log, int[] items)
    {
        if (known?.Find("title") is not TextColumn titles || known.Find("item_idx") is not IntegerColumn keys)
            return null;
        var title = new Dictionary<long, string>(keys.Values.Length);
        for (var row = 0; row < keys.Values.Length; row++)
            title.TryAdd(keys.Values[row], titles.Values[row]);
        var chosen = Array.ConvertAll(items, item => log.ItemKeys[item]);
        return new DataTable(
        [
            new IntegerColumn("item_id", chosen),
            new TextColumn("title", Array.ConvertAll(chosen, key => title.GetValueOrDefault(key, $"item {key}"))),
        ]);
    }

    /// <summary>What is known of users or items, by their keys, as <c>usersFile</c> and <c>itemsFile</c> of the environment <c>composed</c> read it;
    /// columns of more texts than make features are left out, titles aside.</summary>
    /// <param name="kind"><c>user</c> or <c>item</c>.</param>
    /// <returns>The keys alone where the dataset does not know all of them.</returns>
    public static DataTable Known(string kind, DataTable? known, long[] keys)
    {
        var key = new IntegerColumn(kind + "_idx", keys);
        return known?.Find(key.Name) is IntegerColumn rowKeys && RowsOf(rowKeys, keys) is { } rows
            ? new DataTable([key, .. known.Columns.Where(column => column.Name != key.Name && IsOfUse(column)).Select(column => column.Take(rows))])
            : new DataTable([key]);
    }

    /// <returns>The row of each key; none where one is missing.</returns>
    public static int[]? RowsOf(IntegerColumn rowKeys, long[] keys)
    {
        var rows = new Dictionary<long, int>(rowKeys.Values.Length);
        for (var row = 0; row < rowKeys.Values.Length; row++)
            rows.TryAdd(rowKeys.Values[row], row);
        return keys.All(rows.ContainsKey) ? Array.ConvertAll(keys, key => rows[key]) : null;
    }

    private static bool IsOfUse(DataColumn column) =>
        column is not TextColumn texts || column.Name == "title" || (column.Name != "key" && texts.Values.Distinct().Take(FeatureFile.MostTexts + 1).Count() <= FeatureFile.MostTexts);
}
