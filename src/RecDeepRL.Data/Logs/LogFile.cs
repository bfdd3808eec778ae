using System.Globalization;
using ParquetSharp;
using RecDeepRL.Core;
using RecDeepRL.Data.Files;

namespace RecDeepRL.Data.Logs;

/// <summary>The Parquet file of one iteration: its name, its columns, and how they are stored.</summary>
/// <remarks>Encodings by measurement (see docs/performance.md): ids and slots as packed differences, since neighbouring rows have the same user or
/// the next slot, the other columns through dictionaries, which shrink to about a bit a row; Snappy on top, which every reader knows. Each page has
/// a checksum.</remarks>
internal static class LogFile
{
    private const int EncodedSideBySide = 1 << 16;
    private const string Prefix = "iteration-";
    private const string Suffix = ".parquet";

    private static readonly Column[] s_columns =
    [
        new Column<long>("user_idx"), new Column<long>("item_idx"), new Column<float?>("relevance"), new Column<float>("response"),
        new Column<int>("__iter"), new Column<int>("slot"), new Column<float?>("propensity"),
    ];

    /// <summary>The columns as a reader sees them.</summary>
    private static readonly string s_expected = "user_idx Int64, item_idx Int64, relevance optional Float, response Float, __iter Int32, slot Int32, propensity optional Float";

    public static string NameOf(long iteration) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{iteration:D8}{Suffix}");

    /// <summary>The name of a file that is not whole yet; no reader's *.parquet finds it.</summary>
    public static string TemporaryNameOf(long iteration) => "." + NameOf(iteration) + ".part";

    /// <summary>Files that a writer left behind when it was killed.</summary>
    public static IEnumerable<string> Leftovers(string folder) => Directory.EnumerateFiles(folder, $".{Prefix}*{Suffix}.part");

    /// <summary>How many iterations a folder holds, from 0 on.</summary>
    /// <exception cref="UserMistakeException">One is missing.</exception>
    public static long CountIn(string folder)
    {
        var present = new HashSet<long>();
        foreach (var path in Directory.EnumerateFiles(folder, $"{Prefix}*{Suffix}"))
        {
            var name = Path.GetFileName(path);
            if (long.TryParse(name.AsSpan(Prefix.Length, name.Length - Prefix.Length - Suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var iteration) && name == NameOf(iteration))
                present.Add(iteration);
        }
        for (var iteration = 0L; iteration < present.Count; iteration++)
        {
            if (!present.Contains(iteration))
                throw new UserMistakeException($"{Path.Combine(folder, NameOf(iteration))} is missing, though there are {present.Count} iterations, up to {present.Max()}. Put it back; a log has no gaps.");
        }
        return present.Count;
    }

    /// <exception cref="UserMistakeException">Not a whole Parquet file, or one with other columns than a log has.</exception>
    public static void RequireColumns(string path) => Read(path, file =>
    {
        RequireColumns(path, file);
        return 0;
    });

    public static ParquetFileWriter OpenWriter(string path)
    {
        using var builder = new WriterPropertiesBuilder();
        foreach (var column in new[] { "user_idx", "item_idx", "slot" })
            builder.DisableDictionary(column).Encoding(column, Encoding.DeltaBinaryPacked);
        foreach (var column in new[] { "relevance", "response", "propensity" })
            builder.DisableStatistics(column);
        using var properties = builder.Compression(Compression.Snappy).EnablePageChecksum().Build();
        return new ParquetFileWriter(path, s_columns, properties);
    }

    /// <summary>Adds the rows as one row group; the columns of a large one are encoded on two threads.</summary>
    public static void Write(ParquetFileWriter file, LogRows rows, LevelBuffers buffers)
    {
        using var group = file.AppendBufferedRowGroup();
        if (rows.Count < EncodedSideBySide)
        {
            WriteIds();
            WriteFigures();
        }
        else
        {
            Parallel.Invoke(WriteIds, WriteFigures);
        }
        group.Close();

        void WriteIds()
        {
            Write(group, 0, rows.UserKeys.AsSpan(0, rows.Count));
            Write(group, 1, rows.ItemKeys.AsSpan(0, rows.Count));
            Write(group, 4, buffers.Repeated(checked((int)rows.Iteration), rows.Count));
            Write(group, 5, rows.Slots.AsSpan(0, rows.Count));
        }

        void WriteFigures()
        {
            WriteKnown(group, 2, rows.Relevance.AsSpan(0, rows.Count), buffers);
            Write(group, 3, rows.Responses.AsSpan(0, rows.Count));
            WriteKnown(group, 6, rows.Propensity.AsSpan(0, rows.Count), buffers);
        }
    }

    /// <summary>All rows of one iteration.</summary>
    /// <exception cref="UserMistakeException">The file is damaged, has other columns, or tells of another iteration.</exception>
    public static LogRows Read(string path, long iteration) => Read(path, file =>
    {
        RequireColumns(path, file);
        var rows = new LogRows(ParquetRows.Require(path, file.FileMetaData.NumRows)) { Iteration = iteration };
        for (var index = 0; index < file.FileMetaData.NumRowGroups; index++)
        {
            using var group = file.RowGroup(index);
            var count = ParquetRows.Require(path, group.MetaData.NumRows);
            Read(group, 0, rows.UserKeys.AsSpan(rows.Count, count));
            Read(group, 1, rows.ItemKeys.AsSpan(rows.Count, count));
            ReadKnown(group, 2, rows.Relevance.AsSpan(rows.Count, count));
            Read(group, 3, rows.Responses.AsSpan(rows.Count, count));
            var iterations = new int[count];
            Read(group, 4, iterations.AsSpan());
            if (iterations.AsSpan().ContainsAnyExcept((int)iteration))
                throw new UserMistakeException($"{path} holds rows of another iteration than {iteration}. Was it renamed? Put it back.");
            Read(group, 5, rows.Slots.AsSpan(rows.Count, count));
            ReadKnown(group, 6, rows.Propensity.AsSpan(rows.Count, count));
            rows.Count += count;
        }
        return rows;
    });

    private static T Read<T>(string path, Func<ParquetFileReader, T> read)
    {
        try
        {
            using var properties = ReaderProperties.GetDefaultReaderProperties();
            properties.EnablePageChecksumVerification();
            using var file = new ParquetFileReader(path, properties);
            return read(file);
        }
        catch (Exception fault) when (fault is not UserMistakeException)
        {
            // The reader reports damage in whatever way it met it.
            throw new UserMistakeException($"{path} is damaged ({LogFault.TextOf(fault)}). Copy it again, or remove it and all later ones.", fault);
        }
    }

    private static void RequireColumns(string path, ParquetFileReader file)
    {
        var schema = file.FileMetaData.Schema;
        var found = string.Join(", ", Enumerable.Range(0, schema.NumColumns).Select(schema.Column)
            .Select(column => $"{column.Name} {(column.MaxRepetitionLevel > 0 ? "repeated " : column.MaxDefinitionLevel > 0 ? "optional " : "")}{column.PhysicalType}"));
        if (found != s_expected)
            throw new UserMistakeException($"{path} has the columns {found}; a log has {s_expected}. Give another folder.");
    }

    private static void Write<T>(RowGroupWriter group, int index, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        using var column = (ColumnWriter<T>)group.Column(index);
        column.WriteBatch(values);
    }

    /// <summary>Writes what is a number, and nothing in the other rows.</summary>
    private static void WriteKnown(RowGroupWriter group, int index, ReadOnlySpan<float> values, LevelBuffers buffers)
    {
        var (levels, known) = buffers.Split(values);
        using var column = (ColumnWriter<float>)group.Column(index);
        column.WriteBatch(values.Length, levels, [], known);
    }

    private static void Read<T>(RowGroupReader group, int index, Span<T> destination)
        where T : unmanaged
    {
        using var column = (ColumnReader<T>)group.Column(index);
        for (var done = 0; done < destination.Length;)
        {
            column.ReadBatch(destination.Length - done, destination[done..], out var read);
            done += read > 0 ? (int)read : throw new InvalidDataException($"only {done} of {destination.Length} rows in column {index + 1}");
        }
    }

    private static void ReadKnown(RowGroupReader group, int index, Span<float> destination)
    {
        using var column = group.Column(index).LogicalReader<float?>();
        var values = new float?[destination.Length];
        if (column.ReadBatch(values.AsSpan()) != values.Length)
            throw new InvalidDataException($"too few rows in column {index + 1}");
        for (var row = 0; row < values.Length; row++)
            destination[row] = values[row] ?? float.NaN;
    }
}
