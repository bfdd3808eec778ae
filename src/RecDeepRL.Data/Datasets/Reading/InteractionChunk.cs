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
