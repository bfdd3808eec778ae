using RecDeepRL.Agents;
using RecDeepRL.Agents.Bandits;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Bandits;

/// <summary>What is remembered, and for how long.</summary>
public sealed class ForgettingTests
{
    private static readonly EnvironmentSpec s_spec = Toy.Spec(users: 10, items: 3, slateSize: 1);

    [Fact]
    public void TheUsualMemoryKeepsCountsSumsAndSquares()
    {
        using var scope = NewDisposeScope();
        using var statistics = new ItemStatistics(s_spec);
        Add(statistics, Toy.Feedback(Toy.Observe(3), tensor(new long[] { 0, 2, 2 }, [3, 1]), tensor(new[] { .5f, 2, 3 }, [3, 1])));
        Add(statistics, Toy.Feedback(Toy.Observe(1), tensor(new long[] { 0 }, [1, 1]), tensor(new[] { 1f }, [1, 1])));
        statistics.Shown.AssertNear(2, 0, 2);
        statistics.Responses.AssertNear(1.5, 0, 5);
        statistics.Squares.AssertNear(1.25, 0, 13);
        Assert.Equal((2, 2.0), (statistics.Rounds, statistics.UsersPerRound));
    }

    [Fact]
    public void ADiscountedMemoryFadesWithEveryRound()
    {
        // γ = ½. Item 0: 4 of 8, then nothing, then 1 of 1: shown 8/4 + 1 = 3, responses 4/4 + 1 = 2. Item 1: only the first round, 2/4 and 2/4.
        using var scope = NewDisposeScope();
        using var statistics = new DiscountedStatistics(s_spec, .5);
        Add(statistics, (8, 4), (2, 2), (0, 0));
        Add(statistics, (0, 0), (0, 0), (3, 0));
        Add(statistics, (1, 1), (0, 0), (0, 0));
        statistics.Shown.AssertNear(3, .5, 1.5);
        statistics.Responses.AssertNear(2, .5, 0);
        statistics.Means().AssertNear(2.0 / 3, 1, 0);
    }

    [Fact]
    public void WhatFadedAwayCountsAsNeverShown()
    {
        using var scope = NewDisposeScope();
        using var statistics = new DiscountedStatistics(s_spec, .1);
        Add(statistics, (1, 1), (0, 0), (0, 0));
        for (var round = 0; round < 10; round++)
            Add(statistics, (0, 0), (1, 1), (0, 0));
        Assert.Equal([0, 1], statistics.Shown.data<double>().ToArray()[..2].Select(shown => Math.Floor(shown)));
        Assert.Equal(double.NegativeInfinity, statistics.Means()[0].item<double>());
    }

    [Fact]
    public void AWindowHoldsTheLastRoundsExactly()
    {
        using var scope = NewDisposeScope();
        using var statistics = new WindowedStatistics(s_spec, 3);
        var luck = new RandomStream(1, "window");
        var past = new List<(int Shown, int Responses)[]>();
        for (var round = 0; round < 8; round++)
        {
            var counts = luck.Integers(round, 5, CPU, 3).data<long>().Select(shown => ((int)shown + 1, (int)shown / 2)).ToArray();
            past.Add(counts);
            Add(statistics, counts);
            var last = past.TakeLast(3).ToList();
            statistics.Shown.AssertNear([.. Enumerable.Range(0, 3).Select(item => (double)last.Sum(counted => counted[item].Shown))]);
            statistics.Responses.AssertNear([.. Enumerable.Range(0, 3).Select(item => (double)last.Sum(counted => counted[item].Responses))]);
        }
    }

    [Fact]
    public void TheLikelihoodRatioForgetsWhatCameBeforeAChange()
    {
        // Item 0 falls from 80 % to 20 % in the fourth round, item 1 stays, item 2 is shown now and then.
        using var scope = NewDisposeScope();
        using var statistics = new LikelihoodRatioStatistics(s_spec, window: 5, falseAlarm: .05);
        for (var round = 0; round < 3; round++)
            Add(statistics, (50, 40), (50, 25), (round % 2, 0));
        statistics.Shown.AssertNear(150, 150, 1);
        Add(statistics, (50, 10), (50, 27), (0, 0));
        statistics.Shown.AssertNear(50, 200, 1);
        statistics.Responses.AssertNear(10, 102, 0);
        // Afterwards it goes on from there; the window drops the oldest rounds of the others.
        Add(statistics, (50, 11), (50, 25), (1, 0));
        Add(statistics, (50, 9), (50, 25), (1, 0));
        statistics.Shown.AssertNear(150, 250, 3);
        statistics.Responses.AssertNear(30, 127, 0);
    }

    [Theory]
    [InlineData(.05)]
    [InlineData(1e-6)]
    public void TheLikelihoodRatioDetectsExactlyWhenAScalarTwinDoes(double falseAlarm)
    {
        using var scope = NewDisposeScope();
        var detections = 0;
        for (var seed = 1; seed <= 60; seed++)
        {
            using var statistics = new LikelihoodRatioStatistics(s_spec, window: 4, falseAlarm);
            var luck = new RandomStream(seed, "rounds");
            var rounds = Enumerable.Range(0, 4).Select(round => (Shown: 30, Responses: (int)(30 * luck.Uniform(0, round)))).ToList();
            var kept = new List<(int Shown, int Responses)>();
            foreach (var round in rounds)
            {
                kept.Add(round);
                kept = [.. kept.Skip(Split(kept, falseAlarm))];
                Add(statistics, round, (0, 0), (0, 0));
                Assert.Equal(kept.Sum(one => one.Shown), statistics.Shown[0].item<double>());
                Assert.Equal(kept.Sum(one => one.Responses), statistics.Responses[0].item<double>());
            }
            detections += kept.Count < 4 ? 1 : 0;
        }
        Assert.InRange(detections, 5, 60); // The seeds hold changes, or nothing would have been compared.

        static int Split(List<(int Shown, int Responses)> past, double falseAlarm)
        {
            var (n, s) = ((double)past.Sum(one => one.Shown), (double)past.Sum(one => one.Responses));
            var (best, split) = (0.0, 0);
            for (var first = 1; first < past.Count; first++)
            {
                var (n1, s1) = ((double)past.Take(first).Sum(one => one.Shown), (double)past.Take(first).Sum(one => one.Responses));
                var gain = (n1 * Kl(s1 / n1, s / n)) + ((n - n1) * Kl((s - s1) / (n - n1), s / n));
                if (gain > best)
                    (best, split) = (gain, first);
            }
            return best > Math.Log(3 * Math.Pow(n, 1.5) / falseAlarm) ? split : 0;
        }

        static double Kl(double p, double q) => (p == 0 ? 0 : p * Math.Log(p / q)) + (p == 1 ? 0 : (1 - p) * Math.Log((1 - p) / (1 - q)));
    }

    [Fact]
    public void TheLikelihoodRatioRarelyMistakesChanceForChange()
    {
        // δ = .05 bounds the probability for an item that never changes: of 500 items fewer than 25 + 4·√(500·.05·.95) = 44.5 restart.
        using var scope = NewDisposeScope();
        using var statistics = new LikelihoodRatioStatistics(Toy.Spec(20, 500, 1), window: 30, falseAlarm: .05);
        var coins = new RandomStream(2, "coins");
        var slates = arange(500, ScalarType.Int64).repeat_interleave(20).unsqueeze(1);
        for (var round = 0; round < 30; round++)
            Add(statistics, Toy.Feedback(Toy.Observe(10_000), slates, coins.Uniform(round, CPU, 10_000, 1).lt(.4).to_type(ScalarType.Float32)));
        Assert.InRange(statistics.Shown.lt(600).sum().item<long>(), 0, 44);
    }

    [Fact]
    public void CumulativeSumsRestartAnItemThatStrays()
    {
        // Reference 5 of 10. ε = .1, h = 6. Round 2: 9 of 10 adds 9 − 5 − 1 = 3; round 3: 9 of 10 makes 6 and restarts with that round.
        // Item 1: 2 of 10 adds 5 − 2 − 1 = 2 below, then 5 of 10 takes 1 away, then 0 of 10 adds 4: 5, no alarm.
        using var scope = NewDisposeScope();
        using var statistics = new CusumStatistics(s_spec, warmUp: 10, tolerance: .1, threshold: 6);
        Add(statistics, (10, 5), (10, 5), (4, 4));
        Add(statistics, (10, 9), (10, 2), (0, 0));
        statistics.Shown.AssertNear(20, 20, 4);
        Add(statistics, (10, 9), (10, 5), (0, 0));
        statistics.Shown.AssertNear(10, 30, 4);
        statistics.Responses.AssertNear(9, 12, 4);
        Add(statistics, (10, 9), (10, 0), (4, 0));
        statistics.Shown.AssertNear(20, 40, 8);
        Add(statistics, (0, 0), (10, 3), (4, 0)); // Item 1: 5 + 5 − 3 − 1 = 6. Item 2 is still warming up: nothing alarms it.
        statistics.Shown.AssertNear(20, 10, 12);
    }

    private static void Add(ItemStatistics statistics, Feedback feedback)
    {
        using var scope = NewDisposeScope();
        using var sums = new RoundSums();
        statistics.SumUp(feedback, sums);
        statistics.Add(sums);
    }

    private static void Add(ItemStatistics statistics, params (int Shown, int Responses)[] items)
    {
        using var scope = NewDisposeScope();
        var slates = items.SelectMany((item, id) => Enumerable.Repeat((long)id, item.Shown)).ToArray();
        var responses = items.SelectMany(item => Enumerable.Range(0, item.Shown).Select(index => index < item.Responses ? 1f : 0f)).ToArray();
        Add(statistics, Toy.Feedback(Toy.Observe(slates.Length), tensor(slates).unsqueeze(1), tensor(responses).unsqueeze(1)));
    }
}
