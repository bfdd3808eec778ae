using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Statistics;

namespace RecDeepRL.Tests.Experiments.Statistics;

public sealed class CurveStatisticsTests
{
    private static readonly ComparisonRound s_nobody = new(2, 0, double.NaN, double.NaN, double.NaN, 0);

    [Fact]
    public void RegretIsSummedOverUsersAndRounds()
    {
        // 10 · (.8 − .5) + 20 · (.8 − .7) = 5; nobody loses nothing.
        Assert.Equal(5, CurveStatistics.Regret([Round(1, 10, .5, .8), s_nobody, Round(3, 20, .7, .8)]), 1e-12);
        Assert.True(double.IsNaN(CurveStatistics.Regret([])));
    }

    [Fact]
    public void TheAreaIsTheMeanHeightOfTheCurve()
    {
        ComparisonRound[] rounds = [Round(1, 10, .2, .8), s_nobody, Round(3, 30, .6, .8)];

        // (.2 + .6) / 2, each round alike; as a share .4 / .8.
        Assert.Equal(.4, CurveStatistics.Area(rounds), 1e-12);
        Assert.Equal(.5, CurveStatistics.AreaShare(rounds), 1e-12);
        Assert.True(double.IsNaN(CurveStatistics.Area([s_nobody])));
    }

    [Fact]
    public void ACurveHasConvergedFromWhereItStaysNearItsFinalLevel()
    {
        // Ten rounds, so that each is a level of its own: 95 % of the final .8 are .76. Round 3 reaches it, round 4 falls out again, from 5 on it stays.
        double[] heights = [.1, .4, .79, .5, .76, .9, .77, .8, .78, .8];
        var rounds = heights.Select((height, index) => Round(index + 1, 10, height, 1)).ToList();

        // 5 rounds of 10 users who saw 3 items each.
        Assert.Equal(new Convergence(5, 150), CurveStatistics.Converged(rounds, slateSize: 3));
        Assert.Equal(2, CurveStatistics.Converged(rounds, 3, share: .5)!.Iteration);
    }

    [Fact]
    public void LevelsAreOverATenthOfAllRoundsWithTheirUsersTogether()
    {
        // Eleven rounds, so that a level is over two. Round 10 earns .2, but from one user only: the levels of 10 and 11 are (9 · 1 + 1 · .2) / 10 = .92.
        var rounds = Enumerable.Range(1, 11).Select(round => Round(round, round == 10 ? 1 : 9, round == 10 ? .2 : round == 1 ? .1 : 1, 1)).ToList();

        // Level 1 is .1 and level 2 is (9 · .1 + 9 · 1) / 18 = .55, below .95 · .92 = .874; from 3 on they are 1 or .92. Three rounds had 27 users.
        Assert.Equal(new Convergence(3, 27), CurveStatistics.Converged(rounds, slateSize: 1));
    }

    [Fact]
    public void WhereTastesDriftTheLevelIsAShareOfWhatIsPossible()
    {
        // The agent is perfect from the first round on, while the best that is possible falls and rises.
        double[] possible = [.8, .7, .5, .4, .5, .6, .7, .8, .9, .9];
        var perfect = possible.Select((best, index) => Round(index + 1, 10, best, best)).ToList();

        Assert.Equal(1, CurveStatistics.Converged(perfect, 1)!.Iteration);
        // Not knowing the best, it is the height alone: .95 · .9 = .855 is reached in round 9.
        Assert.Equal(9, CurveStatistics.Converged([.. perfect.Select(round => round with { MeanOracle = double.NaN })], 1)!.Iteration);
    }

    [Fact]
    public void WithoutAFinalLevelThereIsNoConvergence()
    {
        Assert.Null(CurveStatistics.Converged([], 1));
        Assert.Null(CurveStatistics.Converged([s_nobody], 1));
        Assert.Null(CurveStatistics.Converged([Round(1, 5, .4, 1), Round(2, 5, 0, 1)], 1));
    }

    private static ComparisonRound Round(long iteration, long users, double expected, double oracle) => new(iteration, users, expected, expected, oracle, 0);
}
