using System.Globalization;
using ParquetSharp;

namespace RecDeepRL.Experiments.Comparison;

/// <summary>One column of a table of results, which is written both as CSV and as Parquet.</summary>
/// <typeparam name="TRow">What the table has rows of.</typeparam>
/// <param name="Name">Unique in the table.</param>
/// <param name="Type">Of its values: long, double, bool or string.</param>
/// <param name="Value">A value of that type, or none. A double that is no number counts as none.</param>
internal sealed record ResultColumn<TRow>(string Name, Type Type, Func<TRow, object?> Value)
{
    /// <summary>As in a CSV file, with quotes where they are needed; empty for none.</summary>
    public string ToCsv(TRow row) => Value(row) switch
    {
        null or double.NaN => "",
        bool flag => flag ? "true" : "false",
        string text => Quote(text),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        var other => throw new InvalidOperationException($"{Name} has a value of type {other.GetType()}."),
    };

    public Column ToParquet() => Type == typeof(long) ? new Column<long?>(Name)
        : Type == typeof(double) ? new Column<double?>(Name)
        : Type == typeof(bool) ? new Column<bool?>(Name)
        : new Column<string>(Name);

    public void Write(ColumnWriter column, IReadOnlyList<TRow> rows)
    {
        if (Type == typeof(long))
            WriteAll<long?>(column, rows, value => value is null ? null : Convert.ToInt64(value, CultureInfo.InvariantCulture));
        else if (Type == typeof(double))
            WriteAll<double?>(column, rows, value => value is null or double.NaN ? null : Convert.ToDouble(value, CultureInfo.InvariantCulture));
        else if (Type == typeof(bool))
            WriteAll(column, rows, value => (bool?)value);
        else
            WriteAll(column, rows, value => (string?)value);
    }

    private void WriteAll<T>(ColumnWriter column, IReadOnlyList<TRow> rows, Func<object?, T> convert)
    {
        using var writer = column.LogicalWriter<T>();
        writer.WriteBatch([.. rows.Select(row => convert(Value(row)))]);
    }

    private static string Quote(string text) =>
        text.AsSpan().IndexOfAny(",\"\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

/// <summary>Writes tables of results, each whole or not at all.</summary>
internal static class ResultTable
{
    public static void WriteCsv<TRow>(string path, IReadOnlyList<ResultColumn<TRow>> columns, IReadOnlyList<TRow> rows) => AtomicFile.Write(path, text =>
    {
        text.Write(string.Join(',', columns.Select(column => column.Name)) + "\n");
        foreach (var row in rows)
            text.Write(string.Join(',', columns.Select(column => column.ToCsv(row))) + "\n");
    });

    /// <summary>One row group, compressed by Snappy, which every reader knows.</summary>
    public static void WriteParquet<TRow>(string path, IReadOnlyList<ResultColumn<TRow>> columns, IReadOnlyList<TRow> rows) => AtomicFile.Replace(path, temporary =>
    {
        using var file = new ParquetFileWriter(temporary, [.. columns.Select(column => column.ToParquet())], Compression.Snappy);
        using (var group = file.AppendRowGroup())
        {
            foreach (var column in columns)
            {
                using var writer = group.NextColumn();
                column.Write(writer, rows);
            }
        }
        file.Close();
    });
}
