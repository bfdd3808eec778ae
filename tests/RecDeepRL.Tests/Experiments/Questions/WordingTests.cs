using RecDeepRL.Experiments.Questions;

namespace RecDeepRL.Tests.Experiments.Questions;

public sealed class WordingTests
{
    private static readonly Measure s_clicks = Planted.Clicks;

    [Fact]
    public void WhoIsAheadByMoreThanChanceIsSaidToBe()
    {
        // Differences .10, .10, .13: mean .11, deviation .01732, error .01732/√3 = .01, t₂ = 11, p = .008; half width 4.3027 · .01 = .043.
        // The best's own values .5, .6, .7: mean .6, error .1/√3 = .05774, half width .248.
        var text = Wording.Ranked(s_clicks, [Planted.Figure("b", .40, .50, .57), Planted.Figure("a", .50, .60, .70)]);

        Assert.Equal("The highest clicks is that of a, 0.600 ± 0.248. Worse by more than chance explains is b (by 0.110 ± 0.043).", text);
    }

    [Fact]
    public void ATieIsSaidToBeOneHoweverFarApartTheMeansAre()
    {
        // Differences .1, .2, .3: mean .2, error .1/√3 = .05774, t₂ = 3.46, p = .074 > .05.
        var (first, second) = (Planted.Figure("a", .5, .7, .9), Planted.Figure("b", .4, .5, .6));

        Assert.Equal("In the clicks, nobody is behind the best by more than chance explains: the 2 go from 0.700 (a) to 0.500 (b).", Wording.Ranked(s_clicks, [first, second]));
        Assert.Equal(["The clicks does not differ between a and b by more than chance explains (higher by 0.200 ± 0.248)."], Wording.Compared(s_clicks, (first, second)));
        Assert.Equal("Against b (0.500 ± 0.248) in the clicks: not to be told apart from it is a.", Wording.Against(s_clicks, second, [first, second]));
    }

    [Fact]
    public void HolmsCorrectionTurnsADifferenceThatWouldCountAloneIntoATie()
    {
        // Alone p = .008 would do. With four more that are certain not to differ (p near 1) it is multiplied by 5: .041, still less than .05;
        // with six more by 7: .057.
        var (best, behind) = (Planted.Figure("best", .50, .60, .70), Planted.Figure("behind", .40, .50, .57));
        Figure Like(int number) => Planted.Figure($"like{number}", .50 + (.05 * number), .60 - (.07 * number), .70 - (.0001 * number));

        Assert.Contains("Worse by more than chance explains is behind", Wording.Ranked(s_clicks, [best, behind, .. Enumerable.Range(1, 4).Select(Like)]), StringComparison.Ordinal);
        Assert.Contains("nobody is behind the best", Wording.Ranked(s_clicks, [best, behind, .. Enumerable.Range(1, 6).Select(Like)]), StringComparison.Ordinal);
    }

    [Fact]
    public void EqualScoresAreSaidToBeTheSame()
    {
        var figures = new[] { Planted.Figure("a", .75, .75), Planted.Figure("b", .75, .75), Planted.Figure("c", .75, .75) };

        Assert.Equal("All 3 have the same clicks, 0.750.", Wording.Ranked(s_clicks, figures));
        Assert.Equal(["The clicks is the same for a and b under every seed."], Wording.Compared(s_clicks, (figures[0], figures[1])));
    }

    [Fact]
    public void OneSeedTellsNothing()
    {
        var figures = new[] { Planted.Figure("a", .8), Planted.Figure("b", .5) };

        Assert.Equal("The highest clicks is that of a, 0.800; one seed cannot tell skill from chance.", Wording.Ranked(s_clicks, figures));
        Assert.Equal(["The clicks is higher by 0.300 for a than for b, under one seed, which cannot tell skill from chance."], Wording.Compared(s_clicks, (figures[0], figures[1])));
        Assert.Equal("Against b (0.500), one seed cannot tell skill from chance.", Wording.Against(s_clicks, figures[1], figures));
    }

    [Fact]
    public void WhereLessIsBetterTheLowestComesFirst()
    {
        var text = Wording.Ranked(s_clicks with { HighestIsBest = false }, [Planted.Figure("a", .50, .60, .70), Planted.Figure("b", .40, .50, .57)]);

        Assert.Equal("The lowest clicks is that of b, 0.490 ± 0.212. Worse by more than chance explains is a (by 0.110 ± 0.043).", text);
    }

    [Fact]
    public void TiesWithTheBestAndManyWhoAreBehindAreBothTold()
    {
        // Whoever is behind is so by .1, .2 and so on under two seeds and by .001 less under the third: error .001/3, half width 4.3027 · .00033 = .0014.
        var (best, like) = (Planted.Figure("best", .50, .60, .70), Planted.Figure("like", .51, .59, .69));
        var behind = Enumerable.Range(0, 5).Select(number => Planted.Figure($"b{number}", .40 - (.1 * number), .50 - (.1 * number), .601 - (.1 * number)));

        Assert.Equal(
            "The highest clicks is that of best, 0.600 ± 0.248; tied with it is like. Worse by more than chance explains are 5, from b0 (by 0.100 ± 0.001) to b4 (by 0.500 ± 0.001).",
            Wording.Ranked(s_clicks, [.. behind, like, best]));
    }

    [Fact]
    public void ABaselineHasThoseAboveAndThoseBelowIt()
    {
        var baseline = Planted.Figure("base", .50, .60, .70);

        Assert.Equal(
            "Against base (0.600 ± 0.248) in the clicks: higher is up (by 0.110 ± 0.043); lower is down (by 0.110 ± 0.043).",
            Wording.Against(s_clicks, baseline, [Planted.Figure("up", .60, .70, .83), baseline, Planted.Figure("down", .40, .50, .57)]));
    }

    [Fact]
    public void SeveralPairsMakeOneSentenceAndAreCorrectedTogether()
    {
        // The first has p = .008 alone, and 3 · .008 = .025 as the least of three; the second's .074 becomes 2 · .074.
        Assert.Equal(
            ["In the clicks, x, many is higher than few by 0.110 ± 0.043; a and b do not differ by more than chance explains (higher by 0.200 ± 0.248); c and d are the same under every seed."],
            Wording.Compared(s_clicks,
                (Planted.Figure("x", "many", .50, .60, .70), Planted.Figure("x", "few", .40, .50, .57)), (Planted.Figure("a", .5, .7, .9), Planted.Figure("b", .4, .5, .6)),
                (Planted.Figure("c", .1, .2, .3), Planted.Figure("d", .1, .2, .3))));
    }

    [Fact]
    public void OnlySeedsThatBothHaveMetCount()
    {
        var other = new Figure("b", "", null, new Dictionary<long, double> { [2] = .5, [3] = .6, [9] = 100 });

        Assert.Equal(["The clicks is higher by 0.100 for a than for b, under one seed, which cannot tell skill from chance."],
            Wording.Compared(s_clicks, (Planted.Figure("a", .3, .6), other)));
    }
}
