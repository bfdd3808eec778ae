using RecDeepRL.Experiments.Insight;

namespace RecDeepRL.Tests.Experiments.Insight;

public sealed class LockInTests
{
    [Fact]
    public void AnItemCountsFromWhereItsShareStaysUpToTheEnd()
    {
        // Shares of item 0 in five windows of two rounds and 10 slates: .6, .4, .5, nothing shown, .8. Below .5 last in rounds 3 and 4, so from round 5 on: (5 + 8)/20.
        var insight = Written.With([6, 4, 5, 0, 8], [1, 6, 1, 0, 1]);
        Assert.Equal([new LockIn(0, 4, .65)], LockIn.Of(insight, .5));
        // .9 was never reached, .1 always, by both: item 0 with 23 of 40 slates, item 1 with 9.
        Assert.Empty(LockIn.Of(insight, .9));
        Assert.Equal([new LockIn(0, 0, 23 / 40.0), new LockIn(1, 0, 9 / 40.0)], LockIn.Of(insight, .1));
    }

    [Fact]
    public void AShareThatFallsInTheEndIsNoLockIn() => Assert.Empty(LockIn.Of(Written.With([9, 9, 9, 9, 1], [1, 1, 1, 1, 4]), .5));
}
