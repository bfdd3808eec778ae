namespace RecDeepRL.Data.Datasets.Reading;

/// <summary>A part of the interactions, by column.</summary>
/// <param name="capacity">Rows that fit.</param>
/// <param name="hasTimes">Whether the rows have times.</param>
internal sealed class InteractionChunk(int capacity, bool hasTimes)
{
    public long[] Users { get; } = new long[capacity];

    public long[] Items { get; } = new long[capacity];

    public double[] Responses { get; } = new double[capacity];

    /// <summary>Seconds since 1970; empty where there are no times.</summary>
    public long[] Times { get; } = hasTimes ? new long[capacity] : [];

    public int Count { get; set; }
}

/// <summary>Where full chunks go.</summary>
internal interface IInteractionSink
{
    /// <summary>Takes a chunk over.</summary>
    /// <returns>An empty chunk to go on with, perhaps one taken earlier.</returns>
    InteractionChunk Take(InteractionChunk chunk);
}

/// <summary>Keeps all chunks and joins them to a table.</summary>
internal sealed class InteractionsInMemory(bool hasTimes) : IInteractionSink
{
    private readonly List<InteractionChunk> _chunks = [];

    public InteractionChunk Take(InteractionChunk chunk)
    {
        _chunks.Add(chunk);
        return new InteractionChunk(chunk.Users.Length, hasTimes);
    }

    public Files.DataTable ToTable(string source)
    {
        var columns = new List<Files.DataColumn>
        {
            new Files.IntegerColumn(DatasetFolder.UserKey, Joined(chunk => chunk.Users)),
            new Files.IntegerColumn(DatasetFolder.ItemKey, Joined(chunk => chunk.Items)),
            new Files.NumberColumn(DatasetFolder.Response, Joined(chunk => chunk.Responses)),
        };
        if (hasTimes)
            columns.Add(new Files.IntegerColumn(DatasetFolder.Time, Joined(chunk => chunk.Times)));
        return new Files.DataTable(columns, source);
    }

    private T[] Joined<T>(Func<InteractionChunk, T[]> column)
    {
        var joined = new T[_chunks.Sum(chunk => chunk.Count)];
        var start = 0;
        foreach (var chunk in _chunks)
        {
            column(chunk).AsSpan(0, chunk.Count).CopyTo(joined.AsSpan(start));
            start += chunk.Count;
        }
        return joined;
    }
}
