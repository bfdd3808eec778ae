using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Experiments.OffPolicy;

namespace RecDeepRL.Tests.Experiments.OffPolicy;

public sealed class OffPolicyEstimatorsTests
{
    /// <summary>Three slates of one slot, each of a user of its own.</summary>
    private static OffPolicySample Three { get; } = new()
    {
        SlateSize = 1,
        Users = [0, 1, 2],
        Weights = [2, 0, .5],
        Responses = [1, 1, 0],
        Fitted = [.5, .25, .5],
        ModelValues = [.75, .5, .25],
    };

    [Theory]
    // (2·1 + 0·1 + .5·0) / 3.
    [InlineData("ips", 2.0 / 3)]
    // 2 / (2 + 0 + .5).
    [InlineData("snips", .8)]
    // (.75 + .5 + .25) / 3.
    [InlineData("dm", .5)]
    // .75 + 2·(1 − .5) = 1.75; .5 + 0 = .5; .25 + .5·(0 − .5) = 0; together 2.25, over 3.
    [InlineData("dr", .75)]
    // The first slate's weight, 2, is above 1: .75; .5; 0; together 1.25, over 3.
    [InlineData("switch-dr", 1.25 / 3)]
    public void EachEstimateIsAsWorkedByHand(string name, double expected) =>
        Assert.Equal(expected, OffPolicyEstimators.Value(Three, name, threshold: 1), 12);

    [Theory]
    // Slate 1: 1·1 + 3·0; slate 2: 1·0 + 1·1; the mean is 1.
    [InlineData("ips", 1)]
    // Slot 1: (1·1 + 1·0)/2 = .5; slot 2: (3·0 + 1·1)/4 = .25.
    [InlineData("snips", .75)]
    // (.1 + .2 + .3 + .4) / 2.
    [InlineData("dm", .5)]
    // Slate 1: .1 + 1·(1 − .5) + .2 + 3·(0 − .5) = −.7; slate 2: .3 + 1·(0 − .5) + .4 + 1·(1 − .5) = .7.
    [InlineData("dr", 0)]
    // Without the correction by 3: slate 1 is .1 + .5 + .2 = .8; slate 2 as before .7.
    [InlineData("switch-dr", .75)]
    public void SlotsAreWeighedEachForItself(string name, double expected)
    {
        var sample = new OffPolicySample
        {
            SlateSize = 2,
            Users = [0, 1],
            Weights = [1, 3, 1, 1],
            Responses = [1, 0, 0, 1],
            Fitted = [.5, .5, .5, .5],
            ModelValues = [.1, .2, .3, .4],
        };

        Assert.Equal(expected, OffPolicyEstimators.Value(sample, name, threshold: 2), 12);
    }

    [Fact]
    public void SwitchingAtTheLargestWeightIsDoublyRobustAndAtNoneTheDirectMethod()
    {
        Assert.Equal(OffPolicyEstimators.Value(Three, "dr"), OffPolicyEstimators.Value(Three, "switch-dr", threshold: 2), 12);
        Assert.Equal(OffPolicyEstimators.Value(Three, "dm"), OffPolicyEstimators.Value(Three, "switch-dr", threshold: 0), 12);
    }

    [Fact]
    public void WithoutAnyWeightNormalisingSaysNothing() =>
        Assert.True(double.IsNaN(OffPolicyEstimators.Value(Three with { Weights = [0, 0, 0] }, "snips")));

    [Fact]
    public void AnUnknownEstimatorIsNamedWithItsNeighbour() =>
        Assert.Contains("Did you mean 'snips'?", Assert.Throws<UserMistakeException>(() => OffPolicyEstimators.Value(Three, "snps")).Message, StringComparison.Ordinal);

    // Two items. The log's agent shows the first with .8, the policy in question with .3; responses come with .2 and .7.
    // The policy is worth .3·.2 + .7·.7 = .55. Weights are .3/.8 = .375 and .7/.2 = 3.5.

    [Fact]
    public void InversePropensitiesAreUnbiased() =>
        // E[(w·r)²] = Σ πe²/πb·p = .09/.8·.2 + .49/.2·.7 = 1.7375; the variance is 1.7375 − .55² = 1.435, of one slate.
        Chance.AssertMean(.55, Math.Sqrt(1.435 / Slates), Estimates("ips", weight: item => Weights[item], model: _ => 0));

    [Fact]
    public void DoublyRobustIsUnbiasedWithAWrongModelAndRightPropensities() =>
        // The model says .5 whatever is shown: v = .5, (r − q)² = .25. E[w²] = .09/.8 + .49/.2 = 2.5625, E[w·(r − q)] = .05; variance 2.5625·.25 − .05² = .638125.
        Chance.AssertMean(.55, Math.Sqrt(.638125 / Slates), Estimates("dr", weight: item => Weights[item], model: _ => .5));

    [Fact]
    public void DoublyRobustIsUnbiasedWithWrongPropensitiesAndARightModel()
    {
        // Weights of 3 throughout. v = .55; variance 9·E[p·(1 − p)] = 9·(.8·.16 + .2·.21) = 1.53.
        Chance.AssertMean(.55, Math.Sqrt(1.53 / Slates), Estimates("dr", weight: _ => 3, model: item => Responding[item]));

        // The same weights alone lead to 3·(.8·.2 + .2·.7) = .9; variance of 3r is 9·.3·.7 = 1.89.
        Chance.AssertMean(.9, Math.Sqrt(1.89 / Slates), Estimates("ips", weight: _ => 3, model: _ => 0));
    }

    [Fact]
    public void NormalIntervalsHoldTheTruthAsOftenAsTheyPromise()
    {
        // 400 intervals of 95 %: binomial with standard deviation √(.95·.05/400) = .0109; four of them, and a skewness of Student's own of a point.
        var held = Samples(item => Weights[item], _ => .5).Count(sample => ClusteredIntervals.Normal("dr", OffPolicyEstimators.Terms(sample, "dr", 0), sample.Users).Covers(.55));
        Assert.InRange(held / (double)Logs, .95 - .0536, .95 + .0436);
    }

    private const int Logs = 400;
    private const int Slates = 200;

    private static double[] Weights { get; } = [.375, 3.5];

    private static double[] Responding { get; } = [.2, .7];

    private static double[] Estimates(string name, Func<int, double> weight, Func<int, double> model) =>
        [.. Samples(weight, model).Select(sample => OffPolicyEstimators.Value(sample, name))];

    private static IEnumerable<OffPolicySample> Samples(Func<int, double> weight, Func<int, double> model)
    {
        var (choices, coins) = (new RandomStream(5, "choices"), new RandomStream(5, "coins"));
        for (var log = 0; log < Logs; log++)
        {
            int[] items = [.. Enumerable.Range(0, Slates).Select(slate => choices.Uniform(log, slate) < .8 ? 0 : 1)];
            yield return new OffPolicySample
            {
                SlateSize = 1,
                Users = [.. Enumerable.Range(0, Slates)],
                Weights = [.. items.Select(weight)],
                Responses = [.. items.Select((item, slate) => coins.Uniform(log, slate) < Responding[item] ? 1.0 : 0)],
                Fitted = [.. items.Select(model)],
                ModelValues = [.. items.Select(_ => (.3 * model(0)) + (.7 * model(1)))],
            };
        }
    }
}
