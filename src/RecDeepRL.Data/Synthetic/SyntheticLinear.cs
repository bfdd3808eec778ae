namespace RecDeepRL.Data.Synthetic;

/// <summary>The linear and the sparse-linear bandit of Riquelme, Tucker and Snoek 2018 (appendix): the mean reward of item i is βᵢᵀx, with contexts x near N(0, I) and
/// |βᵢ| = 1; where it is sparse, only some of the features count for an item, drawn for each item.</summary>
public static class SyntheticLinear
{
    /// <param name="userCount">U, at least 1.</param>
    /// <param name="itemCount">N, at least 1.</param>
    /// <param name="featureCount">D, at least 1.</param>
    /// <param name="activeCount">Features that count for an item, from 1 to D.</param>
    /// <param name="deviation">Standard deviation of a reward.</param>
    public static GaussianBanditData Generate(long seed, int userCount, int itemCount, int featureCount, int activeCount, double deviation)
    {
        var draws = new ExactDraws(seed, "linear");
        var weights = Enumerable.Range(0, itemCount).Select(item => Weights(draws, item, featureCount, activeCount)).ToArray();
        var features = new float[(long)userCount * featureCount];
        for (long place = 0; place < features.Length; place++)
            features[place] = (float)draws.Normal(0, place);
        var means = new double[(long)userCount * itemCount];
        for (var user = 0; user < userCount; user++)
            for (var item = 0; item < itemCount; item++)
                for (var feature = 0; feature < featureCount; feature++)
                    means[((long)user * itemCount) + item] += weights[item][feature] * features[((long)user * featureCount) + feature];
        var names = Enumerable.Range(0, featureCount).Select(feature => $"feature_{feature}").ToArray();
        // A population of one user and one item has one mean: a width of 1 stands in for none.
        var (lowest, highest) = (means.Min(), means.Max());
        return GaussianBanditData.Scaled(
            new FeatureTable { Names = names, Values = features }, userCount, itemCount, means, lowest, highest > lowest ? highest : lowest + 1, deviation);
    }

    /// <summary>Uniform in [−1, 1] on the active features, brought to length 1.</summary>
    private static double[] Weights(ExactDraws draws, int item, int featureCount, int activeCount)
    {
        var weights = new double[featureCount];
        foreach (var feature in draws.Shuffled(1000L + item, featureCount).Take(activeCount))
            weights[feature] = (2 * draws.Uniform(1, ((long)item * featureCount) + feature)) - 1;
        var length = Math.Sqrt(weights.Sum(weight => weight * weight));
        return Array.ConvertAll(weights, weight => weight / length);
    }
}
