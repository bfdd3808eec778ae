using Parquet;
using Parquet.Schema;
using RecDeepRL.Core;

namespace RecDeepRL.Data.Files;

/// <summary>Columns of a Parquet table in memory: a folder of part files as Spark writes it, or a single file.</summary>
internal sealed class ParquetTable
{
    private readonly Dictionary<string, long[]> _integers = [];
    private readonly Dictionary<string, double[]> _numbers = [];

    private ParquetTable(string path, int rowCount, string[] integerColumns, string[] numberColumns)
    {
        Path = path;
        RowCount = rowCount;
        foreach (var column in integerColumns)
            _integers[column] = new long[rowCount];
        foreach (var column in numberColumns)
            _numbers[column] = new double[rowCount];
    }

    public string Path { get; }

    public int RowCount { get; }

    /// <summary>Reads the named columns and no others; part files in parallel, straight into arrays of the whole table.</summary>
    /// <param name="integerColumns">Columns of type int32 or int64.</param>
    /// <param name="numberColumns">Columns of type float or double; every value must be a number.</param>
    /// <exception cref="UserMistakeException">No such table, one that cannot be read, or one without these columns, types or values.</exception>
    public static ParquetTable Read(string path, string[] integerColumns, string[] numberColumns)
    {
        var parts = PartsOf(path);
        // The reader is asynchronous only; on a thread of the pool no caller's context can stand in its way.
        return Task.Run(() => ReadAsync(path, parts, integerColumns, numberColumns)).GetAwaiter().GetResult();
    }

    /// <summary>A column of whole numbers, by row.</summary>
    public long[] Integers(string column) => _integers[column];

    /// <summary>A column of numbers, by row.</summary>
    public double[] Numbers(string column) => _numbers[column];

    internal static string[] PartsOf(string path)
    {
        if (File.Exists(path))
            return [path];
        if (!Directory.Exists(path))
            throw new UserMistakeException($"There is no {path}. Expected is a Parquet file or a folder of Parquet part files; check --data.");
        string[] parts = [.. Directory.EnumerateFiles(path, "*.parquet")
            .Where(file => System.IO.Path.GetFileName(file)[0] is not ('.' or '_'))
            .Order(StringComparer.Ordinal)];
        return parts.Length > 0 ? parts : throw new UserMistakeException($"{path} holds no part file (*.parquet). Copy the folder again with all its files.");
    }

    private static async Task<ParquetTable> ReadAsync(string path, string[] parts, string[] integerColumns, string[] numberColumns)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        var rowCounts = new long[parts.Length];
        await Parallel.ForAsync(0, parts.Length, parallel, async (part, _) =>
            rowCounts[part] = await ReadPart(parts[part], reader =>
            {
                foreach (var column in integerColumns)
                    RequireColumn(reader.Schema, parts[part], column, [typeof(int), typeof(long)], "int32 or int64");
                foreach (var column in numberColumns)
                    RequireColumn(reader.Schema, parts[part], column, [typeof(float), typeof(double)], "float or double");
                return Task.FromResult((long)ParquetRows.Require(parts[part], reader.RowGroups.Sum(group => (long)ParquetRows.Require(parts[part], group.RowCount))));
            }));

        var total = rowCounts.Sum();
        if (total == 0)
            throw new UserMistakeException($"{path} holds no rows. Copy it again.");
        if (total > Array.MaxLength)
            throw new UserMistakeException($"{path} holds {total} rows, more than the {Array.MaxLength} that fit in memory. Use a smaller table.");
        var table = new ParquetTable(path, (int)total, integerColumns, numberColumns);
        await Parallel.ForAsync(0, parts.Length, parallel, async (part, _) =>
            await ReadPart(parts[part], async reader =>
            {
                var start = (int)rowCounts.Take(part).Sum();
                for (var group = 0; group < reader.RowGroupCount; group++)
                {
                    using var rows = reader.OpenRowGroupReader(group);
                    await table.ReadRows(rows, reader.Schema, parts[part], start);
                    start += (int)rows.RowCount;
                }
                return start;
            }));
        return table;
    }

    internal static async Task<T> ReadPart<T>(string file, Func<ParquetReader, Task<T>> read)
    {
        try
        {
            if (new FileInfo(file).Length == 0)
                throw new UserMistakeException($"{file} is empty, expected is a Parquet file. Copy it again.");
            await using var reader = await ParquetReader.CreateAsync(file);
            return await read(reader);
        }
        catch (Exception fault) when (fault is not UserMistakeException)
        {
            // The reader has no exception of its own: a damaged file may end in any, also in one that asks for more memory than there is.
            throw new UserMistakeException($"{file} cannot be read as Parquet ({fault.Message.ReplaceLineEndings(" ").TrimEnd('.')}). It may be cut off; copy it again.", fault);
        }
    }

    private static void RequireColumn(ParquetSchema schema, string file, string column, Type[] types, string expected)
    {
        var field = schema.GetDataFields().FirstOrDefault(one => one.Path.ToString() == column)
            ?? throw new UserMistakeException($"{file} has no column '{column}', only {string.Join(", ", schema.GetDataFields().Select(one => $"'{one.Path}'"))}. Check that it is the right table.");
        if (field.IsArray || !types.Contains(field.ClrType))
            throw new UserMistakeException($"Column '{column}' of {file} has type {TypeName(field)}, expected {expected}.");
    }

    private static string TypeName(DataField field)
    {
        var type = field.ClrType;
        var name = type == typeof(int) ? "int32"
            : type == typeof(long) ? "int64"
            : type == typeof(string) || type == typeof(ReadOnlyMemory<char>) ? "string"
            : type.Name.ToLowerInvariant();
        return field.IsArray ? "list of " + name : name;
    }

    private async Task ReadRows(ParquetRowGroupReader rows, ParquetSchema schema, string file, int start)
    {
        var fields = schema.GetDataFields().ToDictionary(field => field.Path.ToString());
        foreach (var (column, values) in _integers)
        {
            if (fields[column].ClrType == typeof(int))
                await ReadColumn<int, long>(rows, fields[column], file, values.AsMemory(start, (int)rows.RowCount));
            else
                await ReadColumn<long, long>(rows, fields[column], file, values.AsMemory(start, (int)rows.RowCount));
        }
        foreach (var (column, values) in _numbers)
        {
            if (fields[column].ClrType == typeof(float))
                await ReadColumn<float, double>(rows, fields[column], file, values.AsMemory(start, (int)rows.RowCount));
            else
                await ReadColumn<double, double>(rows, fields[column], file, values.AsMemory(start, (int)rows.RowCount));
        }
    }

    private static async Task ReadColumn<TStored, TWanted>(ParquetRowGroupReader rows, DataField field, string file, Memory<TWanted> destination)
        where TStored : struct, System.Numerics.INumber<TStored>
        where TWanted : struct, System.Numerics.INumber<TWanted>
    {
        if (field.IsNullable)
        {
            var stored = new TStored?[destination.Length];
            await rows.ReadAsync(field, stored.AsMemory());
            for (var row = 0; row < stored.Length; row++)
                destination.Span[row] = TWanted.CreateChecked(stored[row] ?? throw new UserMistakeException($"Column '{field.Name}' of {file} has no value in row {row + 1}. Every row needs one."));
        }
        else
        {
            var stored = new TStored[destination.Length];
            await rows.ReadAsync(field, stored.AsMemory());
            for (var row = 0; row < stored.Length; row++)
                destination.Span[row] = TWanted.CreateChecked(stored[row]);
        }
        var unknown = IndexOfNonFinite<TWanted>(destination.Span);
        if (unknown >= 0)
            throw new UserMistakeException($"Column '{field.Name}' of {file} holds {destination.Span[unknown]} in row {unknown + 1}, expected a finite number.");
    }

    private static int IndexOfNonFinite<T>(ReadOnlySpan<T> values)
        where T : struct, System.Numerics.INumber<T>
    {
        for (var row = 0; row < values.Length; row++)
        {
            if (!T.IsFinite(values[row]))
                return row;
        }
        return -1;
    }
}
