using MathNet.Numerics.Distributions;
using RecDeepRL.Core.Randomness;

namespace RecDeepRL.Data.Populations;

/// <summary>Draws for generated profiles: each depends on seed, name, column and row alone, so the first rows of a large sample are a small one.</summary>
internal sealed class RowDraws(long seed, string name)
{
    private readonly RandomStream _stream = new(seed, "profiles:" + name);

    /// <summary>[count] uniform in (0, 1), by row, with 53 bits.</summary>
    public double[] Uniforms(long column, int count)
    {
        var draws = new double[count];
        for (var row = 0; row < count; row++)
            draws[row] = ((_stream.Bits(column, row) >> 11) + .5) * (1.0 / (1L << 53));
        return draws;
    }

    /// <summary>[count] standard normal, by row, by the inverse of the distribution function.</summary>
    public double[] Normals(long column, int count) =>
        Array.ConvertAll(Uniforms(column, count), uniform => Normal.InvCDF(0, 1, uniform));

    /// <summary>The rows 0 … rowCount − 1 in random order.</summary>
    public int[] Shuffled(long column, int rowCount)
    {
        var rows = Enumerable.Range(0, rowCount).ToArray();
        Array.Sort(Array.ConvertAll(rows, row => _stream.Bits(column, row)), rows);
        return rows;
    }
}
