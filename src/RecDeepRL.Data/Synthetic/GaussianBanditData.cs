namespace RecDeepRL.Data.Synthetic;

/// <summary>A bandit problem with normal rewards, brought into [0, 1] by one affine map for all of them, so that every agent can be asked about it.</summary>
public sealed record GaussianBanditData
{
    /// <summary>How many standard deviations lie between the extreme means and the ends of [0, 1]. No coin reaches further: they are multiples of 2⁻²⁴, up to 5.5 deviations.</summary>
    private const double Margin = 6;

    /// <summary>Mean responses.</summary>
    public required ResponseTable Responses { get; init; }

    /// <summary>Features by user id.</summary>
    public required FeatureTable Users { get; init; }

    /// <summary>Standard deviation of a response.</summary>
    public required double Deviation { get; init; }

    /// <param name="means">[U · N] mean rewards, users first.</param>
    /// <param name="lowest">No mean lies below.</param>
    /// <param name="highest">No mean lies above; above lowest.</param>
    /// <param name="deviation">Standard deviation of a reward, at least 0.</param>
    public static GaussianBanditData Scaled(FeatureTable users, int userCount, int itemCount, double[] means, double lowest, double highest, double deviation)
    {
        var (start, length) = (lowest - (Margin * deviation), highest - lowest + (2 * Margin * deviation));
        return new GaussianBanditData
        {
            Users = users,
            Responses = new ResponseTable
            {
                UserKeys = [.. Enumerable.Range(0, userCount).Select(key => (long)key)],
                ItemKeys = [.. Enumerable.Range(0, itemCount).Select(key => (long)key)],
                Probabilities = Array.ConvertAll(means, mean => (float)((mean - start) / length)),
            },
            Deviation = deviation / length,
        };
    }
}
