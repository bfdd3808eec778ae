using RecDeepRL.Data;
using RecDeepRL.Simulation.Learning;

namespace RecDeepRL.Tests.Simulation.Learning;

public sealed class ResponseSummaryTests
{
    [Fact]
    public void ASmallTableIsSummedUpByHand()
    {
        // Users × items: (.9, .1), (.5, .3). Item means .7 and .2; user means .5 and .4; mean .45.
        var summary = ResponseSummary.Of(new ResponseTable { UserKeys = [1, 2], ItemKeys = [5, 6], Probabilities = [.9f, .1f, .5f, .3f] }, 1);

        Assert.Equal([.7, .2], summary.ItemMeans.Select(mean => Math.Round(mean, 6)));
        Assert.Equal(.45, summary.Mean, 1e-6);
        Assert.Equal(.25, summary.ItemSpread, 1e-6);
        Assert.Equal(.05, summary.UserSpread, 1e-6);
        Assert.Equal(.15, summary.TasteSpread, 1e-6); // .9 − .7 − .5 + .45 = .15, and ±.15 for the other three
        Assert.Equal(.45, summary.Random, 1e-6);
        Assert.Equal(.7, summary.BestFixed, 1e-6);
        Assert.Equal(.7, summary.Oracle, 1e-6); // (.9 + .5)/2: here everybody likes the same item best
        Assert.Equal((.1, .9), (Math.Round(summary.Least, 6), Math.Round(summary.Most, 6)));
    }

    [Fact]
    public void TheOracleChoosesForEachUser()
    {
        var summary = ResponseSummary.Of(new ResponseTable { UserKeys = [1, 2], ItemKeys = [5, 6, 7], Probabilities = [.8f, .2f, .6f, .2f, .8f, 1f] }, 2);

        Assert.Equal((.8 + .6 + .8 + 1) / 2, summary.Oracle, 1e-6);
        Assert.Equal(.5 + .8, summary.BestFixed, 1e-6); // item means .5, .5, .8
    }

    [Fact]
    public void AProbabilityOfOneIsInTheLastBin()
    {
        var summary = ResponseSummary.Of(new ResponseTable { UserKeys = [1], ItemKeys = [1, 2, 3, 4], Probabilities = [0, .0499f, .5f, 1] }, 1);

        Assert.Equal(ResponseSummary.BinCount, summary.Histogram.Count);
        Assert.Equal((2L, 1L, 1L), (summary.Histogram[0], summary.Histogram[10], summary.Histogram[^1]));
    }
}
