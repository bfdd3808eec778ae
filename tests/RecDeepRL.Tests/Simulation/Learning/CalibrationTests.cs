using RecDeepRL.Core.Randomness;
using RecDeepRL.Simulation.Learning;

namespace RecDeepRL.Tests.Simulation.Learning;

public sealed class CalibrationTests
{
    [Fact]
    public void PlattsCurveGoesThroughTheMeanTargetOfTwoScores()
    {
        // 4 positives and 4 negatives: targets 5/6 and 1/6. At score 0 the mean target is (3/6 + 5/6)/4 = 1/3, at score 1 it is 2/3,
        // and a curve of two parameters meets both: 1/(1 + e^B) = 1/3, so B = ln 2; 1/(1 + e^(A + B)) = 2/3, so A = −2·ln 2.
        var curve = PlattCalibration.Fit([0, 0, 0, 0, 1, 1, 1, 1], [false, false, false, true, false, true, true, true]);

        Assert.Equal(-2 * Math.Log(2), curve.Slope, 1e-6);
        Assert.Equal(Math.Log(2), curve.Intercept, 1e-6);
    }

    [Fact]
    public void PlattsTargetsKeepASeparableCurveFromBecomingAStep()
    {
        // 3 positives: target 4/5; 3 negatives: 1/5. At ±1: 1/(1 + e^A) = 4/5, so A = −ln 4.
        var curve = PlattCalibration.Fit([-1, -1, -1, 1, 1, 1], [false, false, false, true, true, true]);

        Assert.Equal(-Math.Log(4), curve.Slope, 1e-6);
        Assert.Equal(0, curve.Intercept, 1e-6);
        Assert.Equal(.8, curve.Probability(1), 1e-6);
    }

    [Fact]
    public void PlattFindsTheCurveThatDrewTheOutcomes()
    {
        const int count = 40_000;
        var draws = new RandomStream(3, "test");
        var scores = Enumerable.Range(0, count).Select(index => (draws.Uniform(0, index) * 4.0) - 2).ToArray();
        var truth = new PlattCalibration(-1.5, .7);
        var positives = Enumerable.Range(0, count).Select(index => draws.Uniform(1, index) < truth.Probability(scores[index])).ToArray();

        var curve = PlattCalibration.Fit(scores, positives);

        // Fisher information of the slope is at most Σ s²·p(1 − p) ≈ 40000 · 1.33 · .16, standard deviation about .011 alone and below .02 with the intercept's.
        Assert.Equal(-1.5, curve.Slope, 4 * .02);
        Assert.Equal(.7, curve.Intercept, 4 * .02);
    }

    [Fact]
    public void AReversedOrderGetsAFlatCurve()
    {
        var curve = PlattCalibration.Fit([0, 0, 1, 1, 1], [true, true, false, false, true]);

        Assert.Equal(4.0 / 7, curve.Probability(-5), 1e-12); // (3 + 1) / (5 + 2)
        Assert.Equal(4.0 / 7, curve.Probability(5), 1e-12);
    }

    [Fact]
    public void ExtremeScoresGiveProbabilities()
    {
        Assert.Equal(1, PlattCalibration.Logistic.Probability(1e6));
        Assert.Equal(0, PlattCalibration.Logistic.Probability(-1e6));
        Assert.Equal(.75, PlattCalibration.Logistic.Probability(Math.Log(3)), 1e-12);
    }

    [Fact]
    public void ViolatorsArePooledAndPoolsAreJoinedByLines()
    {
        // Outcomes by rising score: 0 | 1 0 | 1 1 0 → 0, 1/2, 2/3; the ends are held within [1/8, 7/8].
        var curve = IsotonicCalibration.Fit([6, 5, 4, 3, 2, 1], [false, true, true, false, true, false]);

        Assert.Equal(1.0 / 8, curve.Probability(0), 1e-12);
        Assert.Equal(1.0 / 8, curve.Probability(1), 1e-12);
        Assert.Equal((1.0 / 8 + .5) / 2, curve.Probability(1.5), 1e-12);
        Assert.Equal(.5, curve.Probability(2.7), 1e-12);
        Assert.Equal((.5 + (2.0 / 3)) / 2, curve.Probability(3.5), 1e-12);
        Assert.Equal(2.0 / 3, curve.Probability(99), 1e-12);
    }

    [Fact]
    public void EqualScoresArePooledInWhateverOrderTheyCome()
    {
        foreach (var positives in new bool[][] { [true, false, false], [false, true, false], [false, false, true] })
            Assert.Equal(1.0 / 3, IsotonicCalibration.Fit([4, 4, 4], positives).Probability(4), 1e-12);
    }

    [Fact]
    public void TheIsotonicCurveIsTheGreatestOfLeastMeans()
    {
        var draws = new RandomStream(4, "test");
        for (var trial = 0; trial < 20; trial++)
        {
            double[] scores = [.. Enumerable.Range(0, 40).Select(index => (double)index)];
            bool[] positives = [.. Enumerable.Range(0, 40).Select(index => draws.Uniform(trial, index) < .2 + (index * .015))];

            var curve = IsotonicCalibration.Fit(scores, positives);

            // The max–min formula of isotonic regression (Barlow et al. 1972): max over a ≤ i of min over b ≥ i of the mean from a to b.
            foreach (var i in Enumerable.Range(0, 40))
            {
                var expected = Enumerable.Range(0, i + 1).Max(a => Enumerable.Range(i, 40 - i).Min(b => positives[a..(b + 1)].Average(positive => positive ? 1.0 : 0)));
                Assert.Equal(Math.Clamp(expected, 1.0 / 42, 41.0 / 42), curve.Probability(i), 1e-12);
            }
        }
    }

    [Theory]
    [InlineData(CalibrationKind.Platt)]
    [InlineData(CalibrationKind.Isotonic)]
    public void CalibrationNeverFallsAndMendsADistortedScore(CalibrationKind kind)
    {
        const int count = 20_000;
        var draws = new RandomStream(5, "test");
        var truth = Enumerable.Range(0, 2 * count).Select(index => (double)draws.Uniform(0, index)).ToArray();
        var positives = Enumerable.Range(0, 2 * count).Select(index => draws.Uniform(1, index) < truth[index]).ToArray();
        var scores = Array.ConvertAll(truth, probability => .3 + (.1 * Math.Log((probability + 1e-9) / (1 - probability + 1e-9))));

        var calibration = Calibrations.Fit(kind, new ClippedScores(), scores[..count], positives[..count]);

        var before = ProbabilityQuality.Of(new ClippedScores().Apply(scores[count..]), positives[count..]);
        var after = ProbabilityQuality.Of(calibration.Apply(scores[count..]), positives[count..]);
        // Bins of 1333 pairs: standard deviation at most .5/√1333 = .0137 on either side, the curve's and the test's.
        Assert.InRange(after.CalibrationError, 0, 4 * .0137);
        Assert.InRange(before.CalibrationError, .15, 1);
        var rising = Enumerable.Range(0, 1000).Select(step => calibration.Probability((step * .002) - .7)).ToArray();
        Assert.Equal(rising.Order(), rising);
    }

    [Fact]
    public void WithoutCalibrationScoresAreClipped() =>
        Assert.Equal([0, .3, 1], Calibrations.Fit(null, new ClippedScores(), [], []).Apply([-.2, .3, 1.7]));
}
