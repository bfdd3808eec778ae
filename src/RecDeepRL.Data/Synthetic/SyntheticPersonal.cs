using System.Numerics;
using System.Runtime.InteropServices;

namespace RecDeepRL.Data.Synthetic;

/// <summary>Many users and items from latent factors: most items are liked a little by everybody, and what a user likes much has to be found out.</summary>
/// <remarks>The score of a pair is base + a·b·(w − m): a is how pronounced the user's tastes are, b how much the item divides users, w the scalar
/// product of their factors plus noise, with mean 0 and variance 1. All factors weigh the same, so that the table is of high rank. Since m is above 0,
/// the items that divide users are liked less on average and more by some, as in the original: the best fixed list shows what nobody minds.</remarks>
public static class SyntheticPersonal
{
    // Chosen so that random, the best fixed list, the oracle and the truth cut to low rank stand about as in the original's data.
    private const double Baseline = -.3235;
    private const double Aversion = .57;
    private const double Strength = .55;
    private const double UserReach = 1.6;
    private const double ItemReach = 1.2;

    private const int FeatureCount = 8;
    private const double FeatureSignal = .8;
    private const double FeatureNoise = .6;

    /// <param name="userCount">U, at least 1.</param>
    /// <param name="itemCount">N, at least 1.</param>
    /// <param name="rank">Latent factors, at least 1.</param>
    /// <param name="noise">Share of the variance of w that no factor explains, in [0, 1].</param>
    public static PersonalData Generate(long seed, int userCount, int itemCount, int rank, double noise)
    {
        var draws = new ExactDraws(seed, "personal");
        var userFactors = Factors(draws, 0, userCount, rank);
        var itemFactors = Factors(draws, 1, itemCount, rank);
        var userPronounced = Spread(draws, 2, userCount, UserReach);
        var itemDividing = Spread(draws, 3, itemCount, ItemReach);

        // By factor and not by item: a user's scores of all items then add up in whole vectors.
        var columns = new float[rank * itemCount];
        var factorScale = Math.Sqrt((1 - noise) / rank);
        for (var factor = 0; factor < rank; factor++)
        {
            for (var item = 0; item < itemCount; item++)
                columns[(factor * itemCount) + item] = (float)(itemFactors[(item * rank) + factor] * factorScale);
        }

        var probabilities = new float[(long)userCount * itemCount];
        var noiseScale = Math.Sqrt(noise);
        Parallel.For(0, userCount, user =>
        {
            var row = probabilities.AsSpan(user * itemCount, itemCount);
            for (var factor = 0; factor < rank; factor++)
                AddMultiple((float)userFactors[(user * rank) + factor], columns.AsSpan(factor * itemCount, itemCount), row);
            for (var item = 0; item < itemCount; item++)
            {
                var taste = row[item] + (noiseScale * draws.Normal(4, ((long)user * itemCount) + item));
                row[item] = (float)ExactDraws.Squash(Baseline + (Strength * userPronounced[user] * itemDividing[item] * (taste - Aversion)));
            }
        });
        return new PersonalData
        {
            Responses = new ResponseTable { UserKeys = Keys(userCount), ItemKeys = Keys(itemCount), Probabilities = probabilities },
            Users = Views(draws, 5, userFactors, userCount, rank, "user"),
            Items = Views(draws, 6, itemFactors, itemCount, rank, "item"),
        };
    }

    private static double[] Factors(ExactDraws draws, long group, int count, int rank) =>
        [.. Enumerable.Range(0, count * rank).Select(lane => draws.Normal(group, lane))];

    /// <summary>Few large values and many small ones, above 0.</summary>
    private static double[] Spread(ExactDraws draws, long group, int count, double reach) =>
        [.. Enumerable.Range(0, count).Select(lane => draws.Uniform(group, lane)).Select(level => level / (reach - level))];

    /// <summary>Adds a multiple of one row to another. Rounds after the product and after the sum on every machine; a fused operation would round once.</summary>
    private static void AddMultiple(float multiple, ReadOnlySpan<float> source, Span<float> destination)
    {
        var whole = MemoryMarshal.Cast<float, Vector<float>>(source);
        var target = MemoryMarshal.Cast<float, Vector<float>>(destination);
        for (var index = 0; index < target.Length; index++)
            target[index] += whole[index] * multiple;
        for (var index = target.Length * Vector<float>.Count; index < destination.Length; index++)
            destination[index] += source[index] * multiple;
    }

    /// <summary>What can be known beforehand: random combinations of some of the factors, with noise.</summary>
    private static FeatureTable Views(ExactDraws draws, long group, double[] factors, int count, int rank, string kind)
    {
        var seen = Math.Min(FeatureCount, rank);
        var values = new float[count * FeatureCount];
        for (var feature = 0; feature < FeatureCount; feature++)
        {
            var mixture = Enumerable.Range(0, seen).Select(factor => draws.Normal(group, (feature * seen) + factor)).ToArray();
            var length = Math.Sqrt(mixture.Sum(weight => weight * weight));
            for (var row = 0; row < count; row++)
            {
                var signal = Enumerable.Range(0, seen).Sum(factor => mixture[factor] / length * factors[(row * rank) + factor]);
                values[(row * FeatureCount) + feature] = (float)((FeatureSignal * signal) + (FeatureNoise * draws.Normal(group + 2, (row * FeatureCount) + feature)));
            }
        }
        return new FeatureTable { Names = [.. Enumerable.Range(0, FeatureCount).Select(feature => $"{kind}_view_{feature}")], Values = values };
    }

    private static long[] Keys(int count) => [.. Enumerable.Range(0, count).Select(key => (long)key)];
}
