namespace RecDeepRL.Data.Synthetic;

/// <summary>Many users and items from latent factors: most items are liked a little by everybody, and what a user likes much has to be found out.</summary>
/// <remarks>The score of a pair is base + a·b·(w − m): a is how pronounced the user's tastes are, b how much the item divides users, w the scalar
/// product of their factors plus noise, with mean 0 and variance 1. All factors weigh the same, so that the table is of high rank. Since m is above 0,
/// the items that divide users are liked less on average and more by some, as in the original: the best fixed list shows what nobody minds.</remarks>
public static class SyntheticPersonal
{
    private const int FeatureCount = 8;
    private const double FeatureSignal = .8;
    private const double FeatureNoise = .6;

    /// <param name="userCount">U, at least 1.</param>
    /// <param name="itemCount">N, at least 1.</param>
    /// <param name="rank">Latent factors, at least 1.</param>
    /// <param name="noise">Share of the variance of w that no factor explains, in [0, 1].</param>
    public static PersonalData Generate(long seed, int userCount, int itemCount, int rank, double noise)
    {
        var tastes = new PersonalTastes(seed, itemCount, rank, noise);
        var probabilities = new float[(long)userCount * itemCount];
        Parallel.For(0, userCount, user => tastes.Fill(user, probabilities.AsSpan(user * itemCount, itemCount)));
        var (users, items) = Features(tastes, userCount);
        return new PersonalData
        {
            Responses = new ResponseTable { UserKeys = Keys(userCount), ItemKeys = Keys(itemCount), Probabilities = probabilities },
            Users = users,
            Items = items,
        };
    }

    /// <summary>What agents may know of users and items beforehand.</summary>
    /// <param name="userCount">U, at least 1 and at most 2³¹ / 32.</param>
    public static (FeatureTable Users, FeatureTable Items) Features(PersonalTastes tastes, int userCount) =>
        (Views(tastes, 5, tastes.UserFactor, userCount, "user"), Views(tastes, 6, tastes.ItemFactor, tastes.ItemCount, "item"));

    /// <summary>The keys 0, 1, 2, ….</summary>
    public static long[] Keys(int count) => [.. Enumerable.Range(0, count).Select(key => (long)key)];

    /// <summary>What can be known beforehand: random combinations of some of the factors, with noise.</summary>
    private static FeatureTable Views(PersonalTastes tastes, long group, Func<long, int, double> factorOf, int count, string kind)
    {
        var (draws, seen) = (tastes.Draws, Math.Min(FeatureCount, tastes.Rank));
        var values = new float[count * FeatureCount];
        for (var feature = 0; feature < FeatureCount; feature++)
        {
            var mixture = Enumerable.Range(0, seen).Select(factor => draws.Normal(group, (feature * seen) + factor)).ToArray();
            var length = Math.Sqrt(mixture.Sum(weight => weight * weight));
            for (var row = 0; row < count; row++)
            {
                var signal = Enumerable.Range(0, seen).Sum(factor => mixture[factor] / length * factorOf(row, factor));
                values[(row * FeatureCount) + feature] = (float)((FeatureSignal * signal) + (FeatureNoise * draws.Normal(group + 2, (row * FeatureCount) + feature)));
            }
        }
        return new FeatureTable { Names = [.. Enumerable.Range(0, FeatureCount).Select(feature => $"{kind}_view_{feature}")], Values = values };
    }
}
