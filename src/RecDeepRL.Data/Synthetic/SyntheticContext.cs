namespace RecDeepRL.Data.Synthetic;

/// <summary>Users and items with four features each, and a response surface over them in which the best item differs between users.</summary>
/// <remarks>With user features x and item features f, both uniform in [−1, 1], the probability is a squashed score: the item's base, a linear part
/// l·x, a curved part of products and squares of x, and a part that no feature explains. l and the weights of the curves are linear in f.
/// Bases stand at even distances, so that some items are good for most users and some for few.</remarks>
public static class SyntheticContext
{
    private const int FeatureCount = 4;
    private const double LowestBase = -1.15;
    private const double HighestBase = 1.15;
    private const double LinearWeight = 1.3;
    private const double CurvedWeight = 1.2;
    private const double UnexplainedWeight = .35;

    /// <param name="userCount">U, at least 1.</param>
    /// <param name="itemCount">N, at least 1.</param>
    public static ContextData Generate(long seed, int userCount, int itemCount)
    {
        var draws = new ExactDraws(seed, "context");
        var users = Features(draws, 0, userCount, "user");
        var items = Features(draws, 1, itemCount, "item");
        var bases = draws.Shuffled(2, itemCount).Select(rank => Base(rank, itemCount)).ToArray();
        var linear = Weights(draws, 3, items, itemCount);
        var curved = Weights(draws, 4, items, itemCount);
        var probabilities = new float[(long)userCount * itemCount];
        Span<double> x = stackalloc double[FeatureCount];
        Span<double> curves = stackalloc double[FeatureCount];
        for (var user = 0; user < userCount; user++)
        {
            for (var feature = 0; feature < FeatureCount; feature++)
                x[feature] = users.Values[(user * FeatureCount) + feature];
            Curve(x, curves);
            for (var item = 0; item < itemCount; item++)
            {
                var pair = ((long)user * itemCount) + item;
                var score = bases[item] + (UnexplainedWeight * draws.Normal(5, pair));
                for (var feature = 0; feature < FeatureCount; feature++)
                    score += (LinearWeight * linear[item][feature] * x[feature]) + (CurvedWeight * curved[item][feature] * curves[feature]);
                probabilities[pair] = (float)ExactDraws.Squash(score);
            }
        }
        return new ContextData
        {
            Responses = new ResponseTable { UserKeys = Keys(userCount), ItemKeys = Keys(itemCount), Probabilities = probabilities },
            Users = users,
            Items = items,
        };
    }

    private static FeatureTable Features(ExactDraws draws, long group, int count, string kind) => new()
    {
        Names = [.. Enumerable.Range(0, FeatureCount).Select(feature => $"{kind}_feature_{feature}")],
        Values = [.. Enumerable.Range(0, count * FeatureCount).Select(lane => (float)((2 * draws.Uniform(group, lane)) - 1))],
    };

    private static double Base(int rank, int itemCount) =>
        itemCount == 1 ? HighestBase : LowestBase + ((HighestBase - LowestBase) * rank / (itemCount - 1));

    /// <summary>For each item a vector of length 1 that is linear in the item's features up to its length.</summary>
    private static double[][] Weights(ExactDraws draws, long group, FeatureTable items, int itemCount) =>
    [
        .. Enumerable.Range(0, itemCount).Select(item =>
        {
            var mixed = Enumerable.Range(0, FeatureCount)
                .Select(row => Enumerable.Range(0, FeatureCount).Sum(column => draws.Normal(group, (row * FeatureCount) + column) * items.Values[(item * FeatureCount) + column]))
                .ToArray();
            var length = Math.Sqrt(mixed.Sum(value => value * value));
            return mixed.Select(value => length > 0 ? value / length : 0).ToArray();
        }),
    ];

    /// <summary>Products and squares of the features, each with mean 0 and about the variance of a feature; no line through the features follows them.</summary>
    private static void Curve(ReadOnlySpan<double> x, Span<double> curves)
    {
        curves[0] = 1.73 * x[0] * x[1];
        curves[1] = 1.73 * x[2] * x[3];
        curves[2] = 1.94 * ((x[0] * x[0]) - (1.0 / 3));
        curves[3] = 1.94 * ((x[2] * x[2]) - (1.0 / 3));
    }

    private static long[] Keys(int count) => [.. Enumerable.Range(0, count).Select(key => (long)key)];
}
