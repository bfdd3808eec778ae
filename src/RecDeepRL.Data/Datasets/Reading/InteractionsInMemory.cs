using RecDeepRL.Data.Files;

namespace RecDeepRL.Data.Datasets.Reading;

/// <summary>Keeps all chunks and joins them to a table.</summary>
internal sealed class InteractionsInMemory(bool hasTimes) : IInteractionSink
{
    private readonly List<InteractionChunk> _chunks = [];

    public InteractionChunk Take(InteractionChunk chunk)
    {
        _chunks.Add(chunk);
        return new InteractionChunk(chunk.Users.Length, hasTimes);
    }

    public DataTable ToTable(string source)
    {
        var columns = new List<DataColumn>
        {
            new IntegerColumn(DatasetFolder.UserKey, Joined(chunk => chunk.Users)),
            new IntegerColumn(DatasetFolder.ItemKey, Joined(chunk => chunk.Items)),
            new NumberColumn(DatasetFolder.Response, Joined(chunk => chunk.Responses)),
        };
        if (hasTimes)
            columns.Add(new IntegerColumn(DatasetFolder.Time, Joined(chunk => chunk.Times)));
        return new DataTable(columns, source);
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
