using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using RecDeepRL.Core;

namespace RecDeepRL.Data.Files;

/// <summary>Columns of a CSV file with a header line, as texts.</summary>
internal sealed class CsvTable
{
    private readonly string[] _columns;

    private CsvTable(string path, string[] columns, List<string[]> rows)
    {
        Path = path;
        _columns = columns;
        Rows = rows;
    }

    public string Path { get; }

    /// <summary>One array for each line, fields in the order asked for.</summary>
    public IReadOnlyList<string[]> Rows { get; }

    /// <param name="columns">Columns that the file must have, in any order and among others.</param>
    /// <exception cref="UserMistakeException">No such file, one that cannot be read, or one without these columns.</exception>
    public static CsvTable Read(string path, params string[] columns)
    {
        if (!File.Exists(path))
            throw new UserMistakeException($"There is no {path}. Expected is a CSV file with the columns {string.Join(", ", columns)}; check --data.");
        try
        {
            using var text = new StreamReader(path);
            using var reader = new CsvReader(text, new CsvConfiguration(CultureInfo.InvariantCulture));
            if (!reader.Read())
                throw new UserMistakeException($"{path} is empty, expected is a CSV file with the columns {string.Join(", ", columns)}. Copy it again.");
            reader.ReadHeader();
            var indexes = columns.Select(column => Array.IndexOf(reader.HeaderRecord!, column)).ToArray();
            var missing = Array.FindIndex(indexes, index => index < 0);
            if (missing >= 0)
                throw new UserMistakeException($"{path} has no column '{columns[missing]}', only {string.Join(", ", reader.HeaderRecord!.Select(name => $"'{name}'"))}. Check that it is the right file.");
            var rows = new List<string[]>();
            while (reader.Read())
                rows.Add([.. indexes.Select(index => reader.GetField(index)!)]);
            return rows.Count > 0 ? new CsvTable(path, columns, rows) : throw new UserMistakeException($"{path} holds no rows. Copy it again.");
        }
        catch (CsvHelperException fault)
        {
            throw new UserMistakeException($"{path} cannot be read as CSV: line {fault.Context?.Parser?.RawRow} is malformed or has fields missing. Copy it again.", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException($"{path} cannot be read ({fault.Message}). Check the file and its permissions.", fault);
        }
    }

    /// <summary>A field as a whole number.</summary>
    /// <param name="row">From 0.</param>
    /// <param name="column">Position among the columns asked for.</param>
    /// <exception cref="UserMistakeException">It is none.</exception>
    public long Integer(int row, int column) =>
        long.TryParse(Rows[row][column], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : throw Unexpected(row, column, "a whole number");

    /// <summary>The complaint that a field is not what it should be.</summary>
    public UserMistakeException Unexpected(int row, int column, string expected) =>
        new($"Column '{_columns[column]}' of {Path} holds '{Rows[row][column]}' in row {row + 1}, expected {expected}.");
}
