namespace RecDeepRL.Data.Logs;

/// <summary>Scratch memory of a writer: Parquet wants optional columns as definition levels (1 where there is a value) beside the values that there are.</summary>
internal sealed class LevelBuffers(int capacity)
{
    private readonly short[] _none = new short[capacity];
    private readonly short[] _all = Filled((short)1, capacity);
    private readonly short[] _levels = new short[capacity];
    private readonly float[] _known = new float[capacity];
    private readonly int[] _repeated = new int[capacity];

    /// <summary>Levels and known values of a column in which not a number means that there is none. Valid until the next call.</summary>
    public (ArraySegment<short> Levels, ArraySegment<float> Known) Split(ReadOnlySpan<float> values)
    {
        var count = 0;
        for (var row = 0; row < values.Length; row++)
        {
            var isKnown = !float.IsNaN(values[row]);
            _levels[row] = isKnown ? (short)1 : (short)0;
            _known[count] = values[row];
            count += isKnown ? 1 : 0;
        }
        var levels = count == 0 ? _none : count == values.Length ? _all : _levels;
        return (new(levels, 0, values.Length), new(_known, 0, count));
    }

    /// <summary>The same number in every row.</summary>
    public ReadOnlySpan<int> Repeated(int value, int count)
    {
        var rows = _repeated.AsSpan(0, count);
        rows.Fill(value);
        return rows;
    }

    private static T[] Filled<T>(T value, int count)
    {
        var array = new T[count];
        Array.Fill(array, value);
        return array;
    }
}
