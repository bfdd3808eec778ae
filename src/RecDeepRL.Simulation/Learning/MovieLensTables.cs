using RecDeepRL.Data.Files;

namespace RecDeepRL.Simulation.Learning;

/// <summary>Features of users and items in the columns that the fourth task's files have; none where the dataset lacks one of them.</summary>
internal static class MovieLensTables
{
    private const string GenrePrefix = "genre:";

    /// <summary>Columns userid, gender (F or M), age, occupation, zip-code; the last is read by nobody and 0 where it is not known.</summary>
    public static DataTable? Users(DataTable? known, long[] keys)
    {
        if (known?.Find("gender") is not TextColumn gender || known.Find("age") is not IntegerColumn age || known.Find("occupation") is not IntegerColumn occupation
            || known.Find("user_idx") is not IntegerColumn rowKeys || LearnedTables.RowsOf(rowKeys, keys) is not { } rows || rows.Any(row => gender.Values[row] is not ("F" or "M")))
            return null;
        var zip = (known.Find("zip-code") ?? known.Find("zip_code") ?? known.Find("zip")) as TextColumn;
        return new DataTable(
        [
            new IntegerColumn("userid", keys),
            new TextColumn("gender", Array.ConvertAll(rows, row => gender.Values[row])),
            new IntegerColumn("age", Array.ConvertAll(rows, row => age.Values[row])),
            new IntegerColumn("occupation", Array.ConvertAll(rows, row => occupation.Values[row])),
            new TextColumn("zip-code", Array.ConvertAll(rows, row => zip?.Values[row] ?? "0")),
        ]);
    }

    /// <summary>Columns movieid, genres (joined by <c>|</c>), year.</summary>
    public static DataTable? Items(DataTable? known, long[] keys)
    {
        var genres = known?.Columns.OfType<IntegerColumn>().Where(column => column.Name.StartsWith(GenrePrefix, StringComparison.Ordinal)).ToArray() ?? [];
        if (genres.Length == 0 || known!.Find("year") is not IntegerColumn year || known.Find("item_idx") is not IntegerColumn rowKeys || LearnedTables.RowsOf(rowKeys, keys) is not { } rows)
            return null;
        return new DataTable(
        [
            new IntegerColumn("movieid", keys),
            new TextColumn("genres", Array.ConvertAll(rows, row => string.Join('|', genres.Where(genre => genre.Values[row] != 0).Select(genre => genre.Name[GenrePrefix.Length..])))),
            new IntegerColumn("year", Array.ConvertAll(rows, row => year.Values[row])),
        ]);
    }
}
