using MathNet.Numerics.Distributions;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Simulation.Responses.Steps;
using RecDeepRL.Tests.Experiments;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation.Responses.Steps;

/// <summary>Each step by numbers worked by hand.</summary>
public sealed class ResponseStepTests
{
    public static TheoryData<string> Kinds => [.. ResponseStepRegistry.All.Select(one => one.Name)];

    [Fact]
    public void AConstantIsTheSameForEveryPair()
    {
        using var people = new SmallPopulation(2, 3);
        AssertSame([.25, .25, .25, .25, .25, .25], people.Probabilities("""[{"kind":"constant","value":0.25}]"""));
    }

    [Theory]
    [InlineData(1.5, 1.0)]
    [InlineData(-.1, 0.0)]
    public void TheLastStepIsClipped(double value, double expected)
    {
        using var people = new SmallPopulation(1, 1);
        AssertSame([expected], people.Probabilities($$"""[{"kind":"constant","value":{{OptionText.Format(value)}}}]"""));
    }

    [Fact]
    public void StepsInBetweenAreNot()
    {
        // 3 − 2.5 = .5
        using var people = new SmallPopulation(1, 1);
        AssertSame([.5], people.Probabilities("""[{"kind":"constant","value":3,"output":"a"},{"kind":"constant","value":2.5,"output":"b"},{"kind":"weighted-sum","inputs":["a","b"],"weights":[1,-1]}]"""));
    }

    [Fact]
    public void SimilarityIsTheAngleOverPi()
    {
        // 0° gives 1, 90° gives 1/2, 180° gives 0, 45° gives 3/4; a user or item of zeros gives 0. Lengths do not matter.
        using var people = new SmallPopulation(3, 5, [[1, 0], [0, 2], [0, 0]], [[3, 0], [0, 1], [-1, 0], [.5f, .5f], [0, 0]]);
        AssertSame([1, .5, 0, .75, 0, .5, 1, .5, .75, 0, 0, 0, 0, 0, 0], people.Probabilities("""["cosine-similarity"]"""));
    }

    [Fact]
    public void SimilarityCanBeThatOfSomeFeatures()
    {
        // User (5, 1, 0) by u1, u2 is (1, 0). Items by i2, i0: (0, 1) → 90°, (2, 0) → 0°.
        using var people = new SmallPopulation(1, 2, [[5, 1, 0]], [[1, 7, 0], [0, 7, 2]]);
        AssertSame([.5, 1], people.Probabilities("""[{"kind":"cosine-similarity","userColumns":["u1","u2"],"itemColumns":["i2","i0"]}]"""));
    }

    [Fact]
    public void PopularityCountsUpByTheModulus()
    {
        // i mod 4, over 4.
        using var people = new SmallPopulation(1, 6);
        AssertSame([0, .25, .5, .75, 0, .25], people.Probabilities("""[{"kind":"item-popularity","modulus":4}]"""));
    }

    [Theory]
    [InlineData("items.csv")]
    [InlineData("items.parquet")]
    public void PopularityIsReadByKey(string name)
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, name);
        RecDeepRL.Data.Files.TableFile.Write(path, new([new RecDeepRL.Data.Files.IntegerColumn("item_idx", [2, 9, 0, 1]), new RecDeepRL.Data.Files.NumberColumn("score", [.2, .9, .05, .1])]));
        using var people = new SmallPopulation(2, 3);
        AssertSame([.05, .1, .2, .05, .1, .2], people.Probabilities($$"""[{"kind":"item-popularity","file":"{{path}}","column":"score"}]"""));
    }

    [Fact]
    public void ATableIsReadByTheKeysOfUserAndItem()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "table.csv");
        File.WriteAllText(path, "item_idx,user_idx,probability\n1,0,0.2\n0,1,0.3\n0,0,0.1\n1,1,1\n5,5,7\n");
        using var people = new SmallPopulation(2, 2);
        AssertSame([.1, .2, .3, 1], people.Probabilities($$"""[{"kind":"table","file":"{{path}}"}]"""));
    }

    [Theory]
    [InlineData("user_idx,item_idx,probability\n0,0,0.1\n", "no row for user 0 and item 1")]
    [InlineData("user_idx,item_idx,probability\n0,0,0.1\n0,1,0.1\n0,0,0.1\n", "two rows for user 0 and item 0")]
    [InlineData("user_idx,item_idx,probability\n0,0,high\n0,1,0.1\n", "expected numbers")]
    [InlineData("user_idx,item_idx,probability\n0,a,1\n0,1,0.1\n", "whole numbers")]
    [InlineData("user_idx,item_idx,chance\n0,0,1\n0,1,0.1\n", "no column 'probability'")]
    public void AnImproperTableIsRefusedWithTheStep(string content, string told)
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "table.csv");
        File.WriteAllText(path, content);
        using var people = new SmallPopulation(1, 2);
        var message = Assert.Throws<UserMistakeException>(() => people.Model($$"""["item-popularity",{"kind":"table","file":"{{path}}"},{"kind":"weighted-sum","inputs":["table","item-popularity"]}]""")).Message;
        Assert.Contains(told, message, StringComparison.Ordinal);
        Assert.StartsWith("response[1] (table): ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void AWeightedSumAddsItsInputsUp()
    {
        // Items 0, .25, .5, .75 times .8, plus .3 times −.5: −.15, .05, .25, .45; the first is clipped.
        using var people = new SmallPopulation(1, 4);
        const string inputs = """{"kind":"item-popularity","modulus":4,"output":"items"},{"kind":"constant","value":0.3,"output":"rest"}""";
        AssertSame([0, .05, .25, .45], people.Probabilities($$"""[{{inputs}},{"kind":"weighted-sum","inputs":["items","rest"],"weights":[0.8,-0.5]}]"""));
        // Without weights: 1 each.
        AssertSame([.3, .55, .8, 1], people.Probabilities($$"""[{{inputs}},{"kind":"weighted-sum","inputs":["items","rest"]}]"""));
    }

    [Fact]
    public void ALogisticCurveTakesInputsAndFeatures()
    {
        // s = −1 + 2·.5 + (.1·1 + .2·2) + (.3·3 − .4·1) + (.1·1·3 + .2·2·(−1)) = −1 + 1 + .5 + .5 − .1 = .9
        using var people = new SmallPopulation(1, 1, [[1, 2]], [[3, -1]]);
        var probability = people.Probabilities(
            """
            [{"kind":"constant","value":0.5},
             {"kind":"logistic","weights":[2],"bias":-1,"userWeights":[0.1,0.2],"itemWeights":[0.3,0.4],"interactionWeights":[0.1,0,0,0.2]}]
            """);
        AssertSame([1 / (1 + Math.Exp(-.9))], probability);
        // By features alone, as the first step: .5.
        AssertSame([1 / (1 + Math.Exp(-.5))], people.Probabilities("""[{"kind":"logistic","userWeights":[0.1,0.2]}]"""));
        // By the step before: 1 · .5.
        AssertSame([1 / (1 + Math.Exp(-.5))], people.Probabilities("""[{"kind":"constant","value":0.5},"logistic"]"""));
    }

    [Fact]
    public void DrawnWeightsAreNormalAndBelongToTheSeed()
    {
        // User u has feature u alone, so its logit is the weight of that feature.
        float[][] unit = [.. Enumerable.Range(0, 400).Select(row => Enumerable.Range(0, 400).Select(column => row == column ? 1f : 0f).ToArray())];
        using var people = new SmallPopulation(400, 1, unit);
        var drawn = people.Probabilities("""[{"kind":"logistic","userDeviation":2}]""");
        Chance.AssertDistribution(drawn.Select(p => Math.Log(p / (1 - p))), value => Normal.CDF(0, 2, value));
        Assert.Equal(drawn, people.Probabilities("""[{"kind":"logistic","userDeviation":2,"seed":7}]"""));
        Assert.NotEqual(drawn, people.Probabilities("""[{"kind":"logistic","userDeviation":2,"seed":8}]"""));
    }

    [Fact]
    public void NoiseIsNormalAndAnewInEachRound()
    {
        using var scope = NewDisposeScope();
        using var people = new SmallPopulation(200, 50);
        using var step = new GaussianNoiseStep(people.Context, new GaussianNoiseOptions { Mean = .3, Deviation = .2 });
        var (first, second) = (Raw(step, people, 0), Raw(step, people, 1));
        Assert.Equal([200L, 50L], first.shape);
        Chance.AssertDistribution(first.data<double>(), value => Normal.CDF(.3, .2, value));
        Chance.AssertUncorrelated(first.data<double>().ToArray(), second.data<double>().ToArray());
        Assert.False(step.IsStationary);
    }

    [Fact]
    public void NoiseOfAPairCanBeDrawnOnceOrClipped()
    {
        using var scope = NewDisposeScope();
        using var people = new SmallPopulation(20, 50);
        using var once = new GaussianNoiseStep(people.Context, new GaussianNoiseOptions { Deviation = .2, PerRound = false });
        Assert.True(once.IsStationary);
        Assert.True(Raw(once, people, 0).SameAs(Raw(once, people, 9)));
        using var clipped = new GaussianNoiseStep(people.Context, new GaussianNoiseOptions { Deviation = .2, PerRound = false, ClipNegative = true });
        Assert.True(Raw(once, people, 0).clamp_min(0.0).SameAs(Raw(clipped, people, 0)));
        using var other = new GaussianNoiseStep(people.Context, new GaussianNoiseOptions { Deviation = .2, PerRound = false, Seed = 8 });
        Assert.False(Raw(once, people, 0).SameAs(Raw(other, people, 0)));
    }

    [Theory]
    [InlineData(0, .5, .5)]
    [InlineData(2, .5, .5)] // The last round before.
    [InlineData(3, .6, .4)]
    [InlineData(50, .6, .4)]
    public void AbruptDriftShiftsGroupsFromItsRoundOn(long iteration, double even, double odd)
    {
        using var people = new SmallPopulation(1, 3);
        AssertSame([even, odd, even], people.Probabilities("""[{"kind":"constant","value":0.5},{"kind":"abrupt-drift","round":3,"permute":false,"offsets":[0.1,-0.1]}]""", iteration));
    }

    [Fact]
    public void AbruptDriftGivesItemsThePlacesOfOthers()
    {
        using var people = new SmallPopulation(2, 10);
        const string json = """["item-popularity",{"kind":"abrupt-drift","round":3,"output":"turned"}]""";
        double[] before = [0, .1, .2, .3, .4, .5, .6, .7, .8, .9];
        AssertSame([.. before, .. before], people.Probabilities(json, 2));
        // Item i gets what item order[i] had, where order sorts the stream's draws.
        var stream = new RandomStream(7, "abrupt-drift:turned");
        var order = Enumerable.Range(0, 10).OrderBy(item => (long)stream.Bits(0, item)).ToArray();
        Assert.NotEqual(Enumerable.Range(0, 10), order);
        var after = order.Select(item => before[item]).ToArray();
        AssertSame([.. after, .. after], people.Probabilities(json, 3));
        AssertSame([.. after, .. after], people.Probabilities(json, 30));
        // Half of the 20 iterations where no round is given.
        AssertSame([.. before, .. before], people.Probabilities("""["item-popularity",{"kind":"abrupt-drift","output":"turned"}]""", 9));
        AssertSame([.. after, .. after], people.Probabilities("""["item-popularity",{"kind":"abrupt-drift","output":"turned"}]""", 10));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 0)] // (2 − 2) / 4
    [InlineData(3, .25)]
    [InlineData(5, .75)]
    [InlineData(6, 1)]
    [InlineData(7, 1)]
    public void LinearDriftGrowsBetweenItsRounds(long iteration, double share)
    {
        using var people = new SmallPopulation(1, 3);
        AssertSame([.5 + (.4 * share), .5 - (.2 * share), .5 + (.4 * share)],
            people.Probabilities("""[{"kind":"constant","value":0.5},{"kind":"linear-drift","start":2,"end":6,"offsets":[0.4,-0.2]}]""", iteration));
    }

    [Fact]
    public void LinearDriftFillsTheMiddleOfARunByDefault()
    {
        // 20 iterations: from 5 to 15, so half of ±.5 at 10.
        using var people = new SmallPopulation(1, 2);
        AssertSame([.25, .75], people.Probabilities("""[{"kind":"constant","value":0.5},"linear-drift"]""", 10));
        using var brief = new SmallPopulation(1, 2) { Iterations = 1 };
        AssertSame([0, 1], brief.Probabilities("""[{"kind":"constant","value":0.5},"linear-drift"]""", 1));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, .2)] // sin(2π · 1/4) = 1
    [InlineData(2, 0)]
    [InlineData(3, -.2)]
    [InlineData(4, 0)]
    [InlineData(5, .2)]
    public void SeasonalDriftIsAWaveWithAPhaseForEachGroup(long iteration, double wave)
    {
        using var people = new SmallPopulation(1, 3);
        AssertSame([.5 + wave, .5 - wave, .5 + wave],
            people.Probabilities("""[{"kind":"constant","value":0.5},{"kind":"seasonal-drift","period":4,"amplitude":0.2,"phases":[0,0.5]}]""", iteration));
    }

    [Fact]
    public void AQuarterOfAPeriodAheadIsAtThePeak()
    {
        // sin(2π · (0 + .25)) = 1; the period is that of the run.
        using var people = new SmallPopulation(1, 1);
        AssertSame([.6], people.Probabilities("""[{"kind":"constant","value":0.5},{"kind":"seasonal-drift","amplitude":0.1,"phases":[0.25]}]"""));
        AssertSame([.5], people.Probabilities("""[{"kind":"constant","value":0.5},{"kind":"seasonal-drift","amplitude":0.1,"phases":[0.25]}]""", 5));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EveryStepSaysTheSameForSingleItemsForAllItemsAndInParts(string kind)
    {
        using var folder = new TemporaryFolder();
        var table = Path.Combine(folder.Path, "table.csv");
        File.WriteAllText(table, "user_idx,item_idx,probability\n" + string.Concat(from user in Enumerable.Range(0, 20) from item in Enumerable.Range(0, 15) select $"{user},{item},0.{user}{item}\n"));
        var stream = new RandomStream(3, "features");
        float[][] Rows(int count, int from) => [.. Enumerable.Range(0, count).Select(row => Enumerable.Range(0, 6).Select(column => stream.Uniform(0, (((from + row) * 6) + column)) - .5f).ToArray())];
        using var people = new SmallPopulation(20, 15, Rows(20, 0), Rows(15, 100));
        var options = kind switch
        {
            "table" => $",\"file\":\"{table}\"",
            "logistic" => ",\"userDeviation\":1,\"itemDeviation\":1,\"interactionDeviation\":1",
            "abrupt-drift" => ",\"round\":1,\"offsets\":[0.1,0,-0.1]",
            _ => "",
        };
        var json = $$"""["cosine-similarity",{"kind":"gaussian-noise","output":"noise"},{"kind":"weighted-sum","inputs":["cosine-similarity","noise"],"output":"base"},{"kind":"{{kind}}","output":"tried"{{options}}},{"kind":"weighted-sum","inputs":["tried","base"],"weights":[0.6,0.4],"output":"end"}]""";

        using var scope = NewDisposeScope();
        using var model = people.Model(json);
        var users = tensor(new long[] { 19, 3, 0, 7, 12 });
        foreach (var iteration in new[] { 0L, 1, 13 })
        {
            var all = model.Probabilities(users, iteration);
            Assert.Equal([5L, 15L], all.shape);
            Assert.Equal(ScalarType.Float32, all.dtype);
            Assert.True(all.ge(0f).logical_and(all.le(1f)).all().item<bool>());
            var items = new RandomStream(iteration, "items").Uniform(0, CPU, 5, 15).argsort(1).narrow(1, 0, 4);
            Assert.True(all.gather(1, items).SameAs(model.Probabilities(users, items, iteration)));
            Assert.True(all.narrow(0, 2, 2).SameAs(model.Probabilities(users.narrow(0, 2, 2), iteration)));
        }
        Assert.Equal([0L, 15L], model.Probabilities(users.narrow(0, 0, 0), 0).shape);
        Assert.Equal([0L, 2L], model.Probabilities(users.narrow(0, 0, 0), zeros([0, 2], ScalarType.Int64), 0).shape);
    }

    private static Tensor Raw(GaussianNoiseStep step, SmallPopulation people, long iteration)
    {
        var pairs = new PairBatch(arange(people.Population.UserCount, ScalarType.Int64), null, people.Population.ItemCount, iteration);
        return step.Compute(pairs, new StepInputs(0, (_, _) => throw new InvalidOperationException("It has no inputs.")));
    }

    private static void AssertSame(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }
}
