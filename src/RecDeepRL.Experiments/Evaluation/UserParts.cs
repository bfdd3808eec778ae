namespace RecDeepRL.Experiments.Evaluation;

/// <summary>Splits a population into parts whose users × items fit in memory many times over.</summary>
internal static class UserParts
{
    private const long PairsPerPart = 4L << 20;

    public static IEnumerable<(long Start, long Count)> Of(long userCount, long itemCount)
    {
        var size = Math.Max(1, PairsPerPart / Math.Max(itemCount, 1));
        for (var start = 0L; start < userCount; start += size)
            yield return (start, Math.Min(size, userCount - start));
    }
}
