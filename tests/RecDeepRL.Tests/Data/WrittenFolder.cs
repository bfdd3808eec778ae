using Parquet;
using Parquet.Schema;

namespace RecDeepRL.Tests.Data;

/// <summary>A folder in the original's layout that a test fills and spoils; gone when disposed.</summary>
internal sealed class WrittenFolder : IDisposable
{
    public WrittenFolder()
    {
        Path = Directory.CreateTempSubdirectory("recdeeprl-data-").FullName;
        Tables = System.IO.Path.Combine(Path, "response_models", "data");
        Features = System.IO.Path.Combine(Path, "data", "task_4");
        Directory.CreateDirectory(Tables);
        Directory.CreateDirectory(Features);
    }

    public string Path { get; }

    public string Tables { get; }

    public string Features { get; }

    /// <summary>Writes one part file of a table, with the marks that Spark leaves beside it.</summary>
    public string WritePart(string table, int part, params (string Name, Array Values)[] columns)
    {
        var folder = System.IO.Path.Combine(Tables, table);
        Directory.CreateDirectory(folder);
        File.WriteAllText(System.IO.Path.Combine(folder, "_SUCCESS"), "");
        var file = System.IO.Path.Combine(folder, $"part-{part:00000}.snappy.parquet");
        File.WriteAllText(System.IO.Path.Combine(folder, $".part-{part:00000}.snappy.parquet.crc"), "not a table");
        Write(file, columns);
        return file;
    }

    /// <summary>Writes a table that is a single file.</summary>
    public string WriteFile(string table, params (string Name, Array Values)[] columns)
    {
        var file = System.IO.Path.Combine(Tables, table);
        Write(file, columns);
        return file;
    }

    public string WriteFeatures(string name, params string[] lines)
    {
        var file = System.IO.Path.Combine(Features, name);
        File.WriteAllLines(file, lines);
        return file;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static void Write(string file, (string Name, Array Values)[] columns) => Task.Run(async () =>
    {
        var fields = columns.Select(column => new DataField(column.Name, column.Values.GetType().GetElementType()!)).ToArray();
        await using var stream = File.Create(file);
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields.Cast<Field>()), stream);
        using var group = writer.CreateRowGroup();
        for (var column = 0; column < columns.Length; column++)
        {
            await (columns[column].Values switch
            {
                int[] values => group.WriteAsync<int>(fields[column], values),
                long[] values => group.WriteAsync<long>(fields[column], values),
                float[] values => group.WriteAsync<float>(fields[column], values),
                double[] values => group.WriteAsync<double>(fields[column], values),
                long?[] values => group.WriteAsync<long>(fields[column], values),
                double?[] values => group.WriteAsync<double>(fields[column], values),
                string[] values => group.WriteAsync(fields[column], values),
                var other => throw new ArgumentException($"No column of {other.GetType()} is written."),
            });
        }
    }).GetAwaiter().GetResult();
}
