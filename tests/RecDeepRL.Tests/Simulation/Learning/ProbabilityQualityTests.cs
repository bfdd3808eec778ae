using RecDeepRL.Core.Randomness;
using RecDeepRL.Simulation.Learning;

namespace RecDeepRL.Tests.Simulation.Learning;

public sealed class ProbabilityQualityTests
{
    [Fact]
    public void TheAreaCountsTiesAsOneHalf() =>
        // Positives .4 and .8 against negatives .1 and .4: wins 1 + ½ + 1 + 1 of 4.
        Assert.Equal(3.5 / 4, ProbabilityQuality.AucOf([.8, .4, .1, .4], [true, false, false, true]), 1e-12);

    [Fact]
    public void TheAreaIsTheShareOfPairsInOrder()
    {
        var draws = new RandomStream(1, "test");
        var scores = Enumerable.Range(0, 200).Select(index => Math.Floor(draws.Uniform(0, index) * 20)).ToArray();
        var positives = Enumerable.Range(0, 200).Select(index => draws.Uniform(1, index) < .3).ToArray();

        var wins = from high in Enumerable.Range(0, 200)
                   from low in Enumerable.Range(0, 200)
                   where positives[high] && !positives[low]
                   select scores[high] > scores[low] ? 1.0 : scores[high] == scores[low] ? .5 : 0;

        Assert.Equal(wins.Average(), ProbabilityQuality.AucOf(scores, positives), 1e-12);
        Assert.Equal(ProbabilityQuality.AucOf(scores, positives), ProbabilityQuality.AucOf(Array.ConvertAll(scores, score => Math.Exp(score)), positives), 1e-12);
    }

    [Fact]
    public void WithoutNegativesThereIsNoArea() => Assert.True(double.IsNaN(ProbabilityQuality.AucOf([.2, .3], [true, true])));

    [Fact]
    public void LossAndBrierScoreAreMeansOverPairs()
    {
        var quality = ProbabilityQuality.Of([.8, .25], [true, false]);

        Assert.Equal(-(Math.Log(.8) + Math.Log(.75)) / 2, quality.LogLoss, 1e-12);
        Assert.Equal(.05125, quality.Brier, 1e-12); // (.2² + .25²) / 2
    }

    [Fact]
    public void OneCertainMistakeCostsMuchButNotEverything() =>
        Assert.Equal(-Math.Log(1e-7) / 2, ProbabilityQuality.Of([0, 0], [true, false]).LogLoss, 1e-6);

    [Fact]
    public void BinsHaveEqualMass()
    {
        var quality = ProbabilityQuality.Of([.. Enumerable.Range(0, 32).Select(index => (31 - index) / 31.0)], [.. Enumerable.Range(0, 32).Select(index => index % 2 == 0)]);

        // 32·b/15, rounded down, ends bin b: 2, 4, 6, 8, 10, 12, 14, 17, …, 32.
        Assert.Equal([2, 2, 2, 2, 2, 2, 2, 3, 2, 2, 2, 2, 2, 2, 3], quality.Bins.Select(bin => bin.Count));
        Assert.Equal(quality.Bins.Select(bin => bin.MeanPredicted).Order(), quality.Bins.Select(bin => bin.MeanPredicted));
    }

    [Fact]
    public void EqualProbabilitiesStayInOneBin()
    {
        double[] probabilities = [.. Enumerable.Repeat(.2, 20), .. Enumerable.Repeat(.9, 10)];
        bool[] positives = [.. Enumerable.Range(0, 20).Select(index => index < 6), .. Enumerable.Range(0, 10).Select(index => index < 8)];

        var quality = ProbabilityQuality.Of(probabilities, positives);

        Assert.Equal([new ReliabilityBin(20, .2, .3), new ReliabilityBin(10, .9, .8)], quality.Bins.Select(bin => bin with { MeanPredicted = Math.Round(bin.MeanPredicted, 12) }));
        Assert.Equal(.1, quality.CalibrationError, 1e-12); // 20/30·|.3 − .2| + 10/30·|.8 − .9|
    }

    [Fact]
    public void TrueProbabilitiesAreCalibratedAndHalvedOnesAreNot()
    {
        const int count = 30_000;
        var draws = new RandomStream(2, "test");
        var probabilities = Enumerable.Range(0, count).Select(index => (double)draws.Uniform(0, index)).ToArray();
        var positives = Enumerable.Range(0, count).Select(index => draws.Uniform(1, index) < probabilities[index]).ToArray();

        // A bin of 2000 errs by at most .5/√2000 = .0112 standard deviations; the mean of 15 such sizes stays far below four of them.
        Assert.InRange(ProbabilityQuality.Of(probabilities, positives).CalibrationError, 0, 4 * .0112);
        // E|p − p/2| = 1/4.
        Assert.Equal(.25, ProbabilityQuality.Of(Array.ConvertAll(probabilities, one => one / 2), positives).CalibrationError, 4 * .0112);
    }
}
