using RecDeepRL.Core;

namespace RecDeepRL.Data.Files;

/// <summary>Reads a table of pairs into a full table of probabilities. The original silently drops a pair that has no probability; here such a table is refused.</summary>
internal static class ResponseTableReader
{
    /// <param name="users">Whose rows to take; all where none is given. Rows of others are left out.</param>
    /// <param name="items">As for users.</param>
    /// <exception cref="UserMistakeException">An unreadable table, a value that is no probability, a pair given twice, or a pair missing.</exception>
    public static ResponseTable Read(string path, KeyIndex? users = null, KeyIndex? items = null)
    {
        var table = ParquetTable.Read(path, ["user_idx", "item_idx"], ["popularity"]);
        var (userKeys, itemKeys, values) = (table.Integers("user_idx"), table.Integers("item_idx"), table.Numbers("popularity"));
        users ??= new KeyIndex(userKeys);
        items ??= new KeyIndex(itemKeys);
        var pairCount = (long)users.Count * items.Count;
        if (pairCount > ResponseTable.MostPairs)
            throw new UserMistakeException($"{path} holds {users.Count} users and {items.Count} items, {pairCount} pairs; at most {ResponseTable.MostPairs} are possible. Use a smaller table.");

        var probabilities = new float[pairCount];
        Array.Fill(probabilities, float.NaN);
        for (var row = 0; row < values.Length; row++)
        {
            if (!users.TryGetId(userKeys[row], out var user) || !items.TryGetId(itemKeys[row], out var item))
                continue;
            if (values[row] is < 0 or > 1)
                throw new UserMistakeException($"{path} gives user {userKeys[row]} and item {itemKeys[row]} the probability {values[row]}, expected is a value in [0, 1].");
            ref var cell = ref probabilities[((long)user * items.Count) + item];
            if (!float.IsNaN(cell))
                throw new UserMistakeException($"{path} has two rows for user {userKeys[row]} and item {itemKeys[row]}. Keep one row for each pair.");
            cell = (float)values[row];
        }
        var missing = Array.FindIndex(probabilities, float.IsNaN);
        if (missing >= 0)
            throw new UserMistakeException($"{path} has no row for user {users.Keys[missing / items.Count]} and item {items.Keys[missing % items.Count]}. Every user needs a probability for every item; add the missing rows.");
        return new ResponseTable { UserKeys = users.Keys, ItemKeys = items.Keys, Probabilities = probabilities };
    }
}
