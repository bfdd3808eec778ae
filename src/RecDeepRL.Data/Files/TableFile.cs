using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Parquet;
using Parquet.Schema;
using RecDeepRL.Core;

namespace RecDeepRL.Data.Files;

/// <summary>Whole tables in and out. Parquet: a file, or a folder of part files as Spark writes it. CSV: a file that ends with <c>.csv</c>,
/// with a header line; a column of whole numbers becomes integers, one of finite numbers numbers, any other texts.</summary>
public static class TableFile
{
    /// <param name="path">A Parquet file or folder, or a CSV file.</param>
    /// <param name="columns">Columns to read; all where none are named.</param>
    /// <exception cref="UserMistakeException">No such table, one that cannot be read, one without rows or without these columns, or a value that is missing or not finite.</exception>
    public static DataTable Read(string path, params string[] columns)
    {
        var table = IsCsv(path) ? ReadCsv(path) : Task.Run(() => ReadParquet(path)).GetAwaiter().GetResult();
        if (table.RowCount == 0)
            throw new UserMistakeException($"{path} holds no rows. Copy it again.");
        if (columns.FirstOrDefault(column => table.Find(column) is null) is { } missing)
            throw new UserMistakeException($"{path} has no column '{missing}', only {string.Join(", ", table.Columns.Select(one => $"'{one.Name}'"))}. Check that it is the right table.");
        return columns.Length == 0 ? table : new DataTable([.. columns.Select(column => table.Find(column)!)], path);
    }

    /// <summary>Writes Parquet, or CSV where the name ends with <c>.csv</c>. A reader sees the old file or the new, never a part of it.</summary>
    /// <exception cref="UserMistakeException">The folder is missing, read-only or full; an old file is untouched then.</exception>
    public static void Write(string path, DataTable table)
    {
        var temporary = path + ".part";
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
            {
                if (IsCsv(path))
                    WriteCsv(file, table);
                else
                    Task.Run(() => WriteParquet(file, table)).GetAwaiter().GetResult();
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            TryDelete(temporary);
            throw new UserMistakeException($"'{path}' cannot be written: {fault.Message} Free space or choose another folder.", fault);
        }
    }

    private static bool IsCsv(string path) => path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase);

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // What cannot be written may be impossible to delete too; the message about the former is the one that helps.
        }
    }

    private static DataTable ReadCsv(string path)
    {
        if (!File.Exists(path))
            throw new UserMistakeException($"There is no {path}. Expected is a CSV file with a header line.");
        try
        {
            using var text = new StreamReader(path);
            using var reader = new CsvReader(text, new CsvConfiguration(CultureInfo.InvariantCulture));
            if (!reader.Read())
                throw new UserMistakeException($"{path} is empty, expected is a CSV file with a header line. Copy it again.");
            reader.ReadHeader();
            var names = reader.HeaderRecord!;
            if (names.Distinct().Count() != names.Length)
                throw new UserMistakeException($"{path} names a column twice: {string.Join(", ", names)}. Column names must differ.");
            var texts = names.Select(_ => new List<string>()).ToArray();
            while (reader.Read())
            {
                if (reader.Parser.Count != names.Length)
                    throw new UserMistakeException($"{path} has {reader.Parser.Count} fields in line {reader.Parser.RawRow}, expected {names.Length}. Correct the line.");
                for (var column = 0; column < names.Length; column++)
                    texts[column].Add(reader.GetField(column)!);
            }
            return new DataTable([.. names.Select((name, column) => Typed(name, texts[column]))], path);
        }
        catch (CsvHelperException fault)
        {
            throw new UserMistakeException($"{path} cannot be read as CSV: line {fault.Context?.Parser?.RawRow} is malformed. Correct the line.", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException($"{path} cannot be read ({fault.Message}). Check the file and its permissions.", fault);
        }
    }

    private static DataColumn Typed(string name, List<string> texts)
    {
        var integers = new long[texts.Count];
        var row = 0;
        while (row < texts.Count && long.TryParse(texts[row], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out integers[row]))
            row++;
        if (row == texts.Count)
            return new IntegerColumn(name, integers);
        var numbers = new double[texts.Count];
        row = 0;
        while (row < texts.Count && double.TryParse(texts[row], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[row]) && double.IsFinite(numbers[row]))
            row++;
        return row == texts.Count ? new NumberColumn(name, numbers) : new TextColumn(name, [.. texts]);
    }

    private static void WriteCsv(Stream file, DataTable table)
    {
        using var text = new StreamWriter(file, leaveOpen: true) { NewLine = "\n" };
        using var writer = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" });
        foreach (var column in table.Columns)
            writer.WriteField(column.Name);
        writer.NextRecord();
        for (var row = 0; row < table.RowCount; row++)
        {
            foreach (var column in table.Columns)
            {
                writer.WriteField(column switch
                {
                    IntegerColumn integers => integers.Values[row].ToString(CultureInfo.InvariantCulture),
                    NumberColumn numbers => numbers.Values[row].ToString("R", CultureInfo.InvariantCulture),
                    TextColumn texts => texts.Values[row],
                    _ => throw new NotSupportedException($"A {column.GetType().Name} cannot be written."),
                });
            }
            writer.NextRecord();
        }
    }

    private static async Task WriteParquet(Stream file, DataTable table)
    {
        var fields = table.Columns.Select(column => column switch
        {
            IntegerColumn => new DataField(column.Name, typeof(long), isNullable: false),
            NumberColumn => new DataField(column.Name, typeof(double), isNullable: false),
            _ => new DataField(column.Name, typeof(string), isNullable: false),
        }).ToArray();
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields.Cast<Field>()), file);
        using var group = writer.CreateRowGroup();
        for (var index = 0; index < fields.Length; index++)
        {
            await (table.Columns[index] switch
            {
                IntegerColumn integers => group.WriteAsync<long>(fields[index], integers.Values),
                NumberColumn numbers => group.WriteAsync<double>(fields[index], numbers.Values),
                TextColumn texts => group.WriteAsync(fields[index], texts.Values),
                var other => throw new NotSupportedException($"A {other.GetType().Name} cannot be written."),
            });
        }
    }

    private static async Task<DataTable> ReadParquet(string path)
    {
        var parts = new List<DataTable>();
        foreach (var file in ParquetTable.PartsOf(path))
            parts.Add(await ParquetTable.ReadPart(file, reader => ReadPart(reader, file)));
        var first = parts[0];
        var odd = parts.FirstOrDefault(part => !part.Columns.Select(column => (column.Name, column.GetType())).SequenceEqual(first.Columns.Select(column => (column.Name, column.GetType()))));
        if (odd is not null)
            throw new UserMistakeException($"{odd.Source} has other columns than {first.Source}. The part files of one table must agree; copy the folder again.");
        return new DataTable([.. first.Columns.Select((column, index) => Joined(column.Name, parts.Select(part => part.Columns[index])))], path);
    }

    private static DataColumn Joined(string name, IEnumerable<DataColumn> parts) => parts.First() switch
    {
        IntegerColumn => new IntegerColumn(name, [.. parts.SelectMany(part => ((IntegerColumn)part).Values)]),
        NumberColumn => new NumberColumn(name, [.. parts.SelectMany(part => ((NumberColumn)part).Values)]),
        _ => new TextColumn(name, [.. parts.SelectMany(part => ((TextColumn)part).Values)]),
    };

    private static async Task<DataTable> ReadPart(ParquetReader reader, string file)
    {
        var columns = new List<DataColumn>();
        foreach (var field in reader.Schema.GetDataFields())
        {
            var groups = new List<DataColumn>();
            for (var index = 0; index < reader.RowGroupCount; index++)
            {
                using var group = reader.OpenRowGroupReader(index);
                groups.Add(await ReadColumn(group, field, file));
            }
            if (groups.Count == 0)
                throw new UserMistakeException($"{file} holds no rows. Copy it again.");
            columns.Add(Joined(field.Path.ToString(), groups));
        }
        return new DataTable(columns, file);
    }

    internal static async Task<DataColumn> ReadColumn(ParquetRowGroupReader group, DataField field, string file)
    {
        var name = field.Path.ToString();
        var rows = ParquetRows.Require(file, group.RowCount);
        if (!field.IsArray)
        {
            if (field.ClrType == typeof(int) || field.ClrType == typeof(long) || field.ClrType == typeof(short) || field.ClrType == typeof(byte) || field.ClrType == typeof(bool))
            {
                var integers = new long[rows];
                await (field.ClrType == typeof(int) ? Fill<int>(group, field, file, value => value, integers)
                    : field.ClrType == typeof(long) ? Fill<long>(group, field, file, value => value, integers)
                    : field.ClrType == typeof(short) ? Fill<short>(group, field, file, value => value, integers)
                    : field.ClrType == typeof(byte) ? Fill<byte>(group, field, file, value => value, integers)
                    : Fill<bool>(group, field, file, value => value ? 1 : 0, integers));
                return new IntegerColumn(name, integers);
            }
            if (field.ClrType == typeof(float) || field.ClrType == typeof(double))
            {
                var numbers = new double[rows];
                await (field.ClrType == typeof(float) ? Fill<float, double>(group, field, file, value => value, numbers) : Fill<double, double>(group, field, file, value => value, numbers));
                var unknown = Array.FindIndex(numbers, value => !double.IsFinite(value));
                return unknown < 0 ? new NumberColumn(name, numbers)
                    : throw new UserMistakeException($"Column '{name}' of {file} holds {numbers[unknown]} in row {unknown + 1}, expected a finite number.");
            }
            if (field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>))
            {
                var texts = new string?[rows];
                await group.ReadAsync(field, texts.AsMemory());
                var absent = Array.IndexOf(texts, null);
                return absent < 0 ? new TextColumn(name, texts!) : throw Absent(name, file, absent);
            }
        }
        throw new UserMistakeException($"Column '{name}' of {file} is of a type that is not read ({(field.IsArray ? "list of " : "")}{field.ClrType.Name}); whole numbers, numbers and texts are. Leave the column out.");
    }

    private static Task Fill<TStored>(ParquetRowGroupReader group, DataField field, string file, Func<TStored, long> convert, long[] destination)
        where TStored : struct => Fill<TStored, long>(group, field, file, convert, destination);

    private static async Task Fill<TStored, TWanted>(ParquetRowGroupReader group, DataField field, string file, Func<TStored, TWanted> convert, TWanted[] destination)
        where TStored : struct
    {
        if (field.IsNullable)
        {
            var stored = new TStored?[destination.Length];
            await group.ReadAsync(field, stored.AsMemory());
            for (var row = 0; row < stored.Length; row++)
                destination[row] = convert(stored[row] ?? throw Absent(field.Path.ToString(), file, row));
        }
        else
        {
            var stored = new TStored[destination.Length];
            await group.ReadAsync(field, stored.AsMemory());
            for (var row = 0; row < stored.Length; row++)
                destination[row] = convert(stored[row]);
        }
    }

    private static UserMistakeException Absent(string column, string file, int row) =>
        new($"Column '{column}' of {file} has no value in row {row + 1}. Every row needs one.");
}
