using RecDeepRL.Core.Randomness;
using RecDeepRL.Data.Files;
using RecDeepRL.Data.Populations;

namespace RecDeepRL.Tests.Data.Populations;

/// <summary>Small populations whose distribution is known.</summary>
internal static class Toy
{
    /// <summary>Two numbers of standard normal distribution and correlation .8, a whole number, a category of texts and one of whole numbers, the latter two from the numbers.</summary>
    public static DataTable Mixed(int count, long seed = 1)
    {
        var (first, second) = Normals(count, .8, seed);
        return new DataTable(
        [
            new IntegerColumn("user_idx", [.. Enumerable.Range(100, count).Select(key => (long)key)]),
            new NumberColumn("height", first),
            new NumberColumn("weight", second),
            new IntegerColumn("born", [.. first.Select(value => (long)Math.Round(1980 + (15 * value)))]),
            new TextColumn("size", [.. second.Select(value => value < -.5 ? "small" : value < .5 ? "medium" : "large")]),
            new IntegerColumn("group", [.. first.Select(value => value < 0 ? 7L : 3L)]),
        ]);
    }

    public static Profiles Profiles(int count, long seed = 1) => new ProfileReading().Read(Mixed(count, seed));

    public static (double[] First, double[] Second) Normals(int count, double correlation, long seed)
    {
        var stream = new RandomStream(seed, "toy");
        double Draw(long column, int row) => MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, ((stream.Bits(column, row) >> 11) + .5) / (1L << 53));
        var first = Enumerable.Range(0, count).Select(row => Draw(0, row)).ToArray();
        return (first, [.. first.Select((value, row) => (correlation * value) + (Math.Sqrt(1 - (correlation * correlation)) * Draw(1, row)))]);
    }
}
