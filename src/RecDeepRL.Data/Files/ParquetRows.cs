using RecDeepRL.Core;

namespace RecDeepRL.Data.Files;

/// <summary>How many rows a Parquet file may say that it has: memory is taken by what its footer says, before a row is read.</summary>
internal static class ParquetRows
{
    /// <summary>Repeated values are stored as runs, so a byte may well stand for hundreds of rows; keys of users and items do not repeat that much.</summary>
    private const long MostByByte = 1000;

    /// <param name="rows">As the file says, of a group or of all.</param>
    /// <exception cref="UserMistakeException">Fewer than none, or more than its bytes can hold.</exception>
    public static int Require(string file, long rows)
    {
        var most = Math.Min(new FileInfo(file).Length * MostByByte, Array.MaxLength);
        return rows >= 0 && rows <= most ? (int)rows
            : throw new UserMistakeException($"{file} says that it holds {rows} rows, expected are 0 to {most} in a file of its size. It may be damaged; copy it again, or split it.");
    }
}
