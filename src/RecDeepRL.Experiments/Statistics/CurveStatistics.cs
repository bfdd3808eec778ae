using RecDeepRL.Experiments.Comparison;

namespace RecDeepRL.Experiments.Statistics;

/// <summary>Figures of one run's training rounds. Rounds without users say nothing and are passed over.</summary>
/// <remarks>All are under the truth, so that the luck of single responses does not blur them.</remarks>
public static class CurveStatistics
{
    /// <summary>Expected responses lost while training against the best slates of each round alone, summed over rounds and users; not a number without rounds.</summary>
    public static double Regret(IReadOnlyList<ComparisonRound> rounds) => rounds.Count == 0
        ? double.NaN
        : Counted(rounds).Sum(round => round.Users * (round.MeanOracle - round.MeanExpected));

    /// <summary>Area under the curve of expected responses per user, divided by the number of rounds: the mean height of the curve. Each round counts alike,
    /// however many users it had; not a number without rounds.</summary>
    public static double Area(IReadOnlyList<ComparisonRound> rounds) => Counted(rounds).Select(round => round.MeanExpected).DefaultIfEmpty(double.NaN).Average();

    /// <summary>The same as a share of the area under the curve of the best slates of each round alone.</summary>
    public static double AreaShare(IReadOnlyList<ComparisonRound> rounds) =>
        Area(rounds) / Counted(rounds).Select(round => round.MeanOracle).DefaultIfEmpty(double.NaN).Average();

    /// <summary>When the curve comes within a share of its final level, and stays.</summary>
    /// <remarks>The level at a round is what was expected of the slates of the last w rounds, users of all of them together, as a share of what the best slates
    /// of these rounds alone would have had; w is a tenth of all rounds, rounded up, and at the beginning there are fewer. As a share, since where tastes drift
    /// the best that is possible moves too; where that is not known, the level is the expected responses per user. The final level is that at the last round.
    /// Converged is the first round from which on every level is at least <paramref name="share"/> of the final one. An agent that never learns
    /// has converged at once, to whatever it earns.</remarks>
    /// <param name="slateSize">Items shown to a user in a round.</param>
    /// <param name="share">In (0, 1]; 0.95 means within 95 % of the final level.</param>
    /// <returns>None without rounds, or where the final level is not above 0.</returns>
    public static Convergence? Converged(IReadOnlyList<ComparisonRound> rounds, int slateSize, double share = 0.95)
    {
        var counted = Counted(rounds).ToList();
        if (counted.Count == 0)
            return null;
        var levels = Levels(counted, (rounds.Count + 9) / 10);
        var final = levels[^1];
        if (!(final > 0))
            return null;
        var first = levels.Length - 1;
        while (first > 0 && levels[first - 1] >= share * final)
            first--;
        return new Convergence(counted[first].Iteration, counted.Take(first + 1).Sum(round => round.Users) * slateSize);
    }

    private static double[] Levels(List<ComparisonRound> rounds, int window)
    {
        var levels = new double[rounds.Count];
        for (var last = 0; last < levels.Length; last++)
        {
            var (users, expected, oracle) = (0L, 0.0, 0.0);
            for (var round = Math.Max(0, last - window + 1); round <= last; round++)
            {
                users += rounds[round].Users;
                expected += rounds[round].Users * rounds[round].MeanExpected;
                oracle += rounds[round].Users * rounds[round].MeanOracle;
            }
            levels[last] = oracle > 0 ? expected / oracle : expected / users;
        }
        return levels;
    }

    private static IEnumerable<ComparisonRound> Counted(IReadOnlyList<ComparisonRound> rounds) => rounds.Where(round => round.Users > 0);
}

/// <summary>How much it took until a learning curve stayed near its final level.</summary>
/// <param name="Iteration">Rounds completed.</param>
/// <param name="Responses">Answers to shown items until then, kind or not: users × slate size, summed over the rounds.</param>
public sealed record Convergence(long Iteration, long Responses);
