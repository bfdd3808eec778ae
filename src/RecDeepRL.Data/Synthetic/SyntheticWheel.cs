namespace RecDeepRL.Data.Synthetic;

/// <summary>The Wheel bandit (Riquelme, Tucker and Snoek 2018, section 5.4): one item is safe everywhere; the others are worse, except that each is very good in its own
/// sector of the rim.</summary>
/// <remarks>Contexts are uniform in the unit disk. Item 0 has the mean reward 1.2, the others 1.0; where the context is longer than δ, the item of its sector has 50.
/// The paper has four sectors, the quadrants; here there are as many equal ones as there are other items.</remarks>
public static class SyntheticWheel
{
    private const double Safe = 1.2;
    private const double Risky = 1;
    private const double Jackpot = 50;

    /// <param name="userCount">U, at least 1.</param>
    /// <param name="itemCount">N, at least 1.</param>
    /// <param name="delta">δ, in [0, 1].</param>
    /// <param name="deviation">Standard deviation of a reward.</param>
    public static GaussianBanditData Generate(long seed, int userCount, int itemCount, double delta, double deviation)
    {
        var draws = new ExactDraws(seed, "wheel");
        var features = new float[2 * userCount];
        var means = new double[(long)userCount * itemCount];
        for (var user = 0; user < userCount; user++)
        {
            var (x, y) = InDisk(draws, user);
            (features[2 * user], features[(2 * user) + 1]) = ((float)x, (float)y);
            var winner = itemCount > 1 && Math.Sqrt((x * x) + (y * y)) > delta ? 1 + Sector(x, y, itemCount - 1) : 0;
            for (var item = 0; item < itemCount; item++)
                means[((long)user * itemCount) + item] = item == 0 ? Safe : item == winner ? Jackpot : Risky;
        }
        return GaussianBanditData.Scaled(new FeatureTable { Names = ["x", "y"], Values = features }, userCount, itemCount, means, Risky, Jackpot, deviation);
    }

    /// <summary>Which of the equal sectors a point lies in, counted from the positive x-axis.</summary>
    internal static int Sector(double x, double y, int sectors)
    {
        var turn = Math.Atan2(y, x) / (2 * Math.PI);
        return Math.Min(sectors - 1, (int)((turn < 0 ? turn + 1 : turn) * sectors));
    }

    /// <summary>The first of a user's draws from the square that lies in the disk.</summary>
    private static (double X, double Y) InDisk(ExactDraws draws, int user)
    {
        for (var attempt = 0L; ; attempt += 2)
        {
            var (x, y) = ((2 * draws.Uniform(attempt, user)) - 1, (2 * draws.Uniform(attempt + 1, user)) - 1);
            if ((x * x) + (y * y) <= 1)
                return (x, y);
        }
    }
}
