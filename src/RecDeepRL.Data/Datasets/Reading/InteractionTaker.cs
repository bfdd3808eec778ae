using System.Globalization;
using RecDeepRL.Core;

namespace RecDeepRL.Data.Datasets.Reading;

/// <summary>Takes interactions row by row, hands them on in chunks, and keeps the counts of the whole.</summary>
/// <remarks>What grows: the distinct users and items with a count each, and, where a pair may occur only once, the pairs.</remarks>
internal sealed class InteractionTaker
{
    /// <summary>Rows of a chunk, and of a row group of the file written.</summary>
    public const int ChunkRows = 1 << 18;

    private const int RowsBetweenLooks = 1 << 16;

    private readonly IInteractionSink _sink;
    private readonly double? _threshold;
    private readonly PairSet? _pairs;
    private readonly BadRows _bad;
    private InteractionChunk _chunk;
    private double _sum;

    /// <param name="threshold">Responses of at least this are 1, others 0; none to leave them.</param>
    /// <param name="keepDuplicates">Whether a pair of user and item may occur more than once.</param>
    public InteractionTaker(IInteractionSink sink, bool hasTimes, double? threshold, bool keepDuplicates, BadRows bad)
    {
        _sink = sink;
        _threshold = threshold;
        _pairs = keepDuplicates ? null : new PairSet();
        _bad = bad;
        _chunk = new InteractionChunk(ChunkRows, hasTimes);
        HasTimes = hasTimes;
    }

    public bool HasTimes { get; }

    public long Rows { get; private set; }

    public KeyCounts Users { get; } = new();

    public KeyCounts Items { get; } = new();

    public double LeastResponse { get; private set; } = double.PositiveInfinity;

    public double GreatestResponse { get; private set; } = double.NegativeInfinity;

    public double MeanResponse => _sum / Rows;

    public long? FirstTime { get; private set; }

    public long? LastTime { get; private set; }

    public long RowsWithoutTime { get; private set; }

    /// <summary>Called now and then with the number of rows; may throw to end the reading.</summary>
    public Action<long>? Look { get; set; }

    /// <param name="path">Where the row stands, for the message about a pair that occurred before.</param>
    /// <param name="line">From 1.</param>
    /// <param name="response">Finite.</param>
    /// <param name="time">Seconds since 1970, or <see cref="FieldParsing.UnknownTime"/>; of no account without times.</param>
    public void Take(string path, long line, long user, long item, double response, long time)
    {
        var (userIndex, itemIndex) = (Users.IndexOf(user), Items.IndexOf(item));
        if (_pairs is not null && !_pairs.Add(userIndex, itemIndex))
        {
            _bad.Report(string.Create(CultureInfo.InvariantCulture, $"{path}, line {line}: user {user} and item {item} have a row already, expected is one for each pair (keep them all with --duplicates keep)"));
            return;
        }
        Users.Increment(userIndex);
        Items.Increment(itemIndex);
        if (_threshold is { } threshold)
            response = response >= threshold ? 1 : 0;
        _sum += response;
        LeastResponse = Math.Min(LeastResponse, response);
        GreatestResponse = Math.Max(GreatestResponse, response);

        var row = _chunk.Count++;
        _chunk.Users[row] = user;
        _chunk.Items[row] = item;
        _chunk.Responses[row] = response;
        if (HasTimes)
        {
            _chunk.Times[row] = time;
            TakeTime(time);
        }
        Rows++;
        if (_chunk.Count == ChunkRows)
            _chunk = Emptied(_sink.Take(_chunk));
        if (Rows % RowsBetweenLooks == 0)
            Look?.Invoke(Rows);
    }

    /// <summary>Hands the last chunk on.</summary>
    /// <param name="source">What was read, for the message.</param>
    /// <exception cref="UserMistakeException">There was no row at all.</exception>
    public void Finish(string source)
    {
        if (Rows == 0)
            throw new UserMistakeException($"{source} holds no interactions. Copy the data set again.");
        Look?.Invoke(Rows);
        if (_chunk.Count > 0)
            _sink.Take(_chunk);
    }

    private void TakeTime(long time)
    {
        if (time == FieldParsing.UnknownTime)
        {
            RowsWithoutTime++;
            return;
        }
        if (!(time >= FirstTime))
            FirstTime = time;
        if (!(time <= LastTime))
            LastTime = time;
    }

    private static InteractionChunk Emptied(InteractionChunk chunk)
    {
        chunk.Count = 0;
        return chunk;
    }
}
