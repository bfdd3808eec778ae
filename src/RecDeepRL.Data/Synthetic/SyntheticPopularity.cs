using RecDeepRL.Core.Randomness;

namespace RecDeepRL.Data.Synthetic;

/// <summary>Items of the original's three kinds in the original's shares: three tenths popular (.75), three tenths unpopular (.1), the rest between (.4).
/// The seed decides which item is of which kind.</summary>
public static class SyntheticPopularity
{
    /// <param name="itemCount">N, at least 1.</param>
    public static ItemPopularity Generate(long seed, int itemCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(itemCount, 1);
        var stream = new RandomStream(seed, "population:popularity");
        var shuffled = Enumerable.Range(0, itemCount).OrderBy(item => stream.Bits(0, item)).ToArray();
        var kindSize = (int)Math.Round(.3 * itemCount, MidpointRounding.AwayFromZero);
        var isPopular = new bool[itemCount];
        var isUnpopular = new bool[itemCount];
        foreach (var item in shuffled.Take(kindSize))
            isPopular[item] = true;
        foreach (var item in shuffled.Skip(kindSize).Take(kindSize))
            isUnpopular[item] = true;
        return new ItemPopularity
        {
            ItemKeys = [.. Enumerable.Range(0, itemCount).Select(item => (long)item)],
            Popularity = [.. Enumerable.Range(0, itemCount).Select(item => isPopular[item] ? .75 : isUnpopular[item] ? .1 : .4)],
            IsPopular = isPopular,
            IsUnpopular = isUnpopular,
        };
    }
}
