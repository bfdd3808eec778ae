using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Simulation.Environments;
using RecDeepRL.Tests.Simulation.Responses.Steps;
using TorchSharp;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation.Responses;

public sealed class PipelineModelTests
{
    private const string Composition =
        """
        [{"kind":"cosine-similarity","output":"taste"},
         {"kind":"gaussian-noise","output":"noise","mean":0,"deviation":0.1},
         {"kind":"weighted-sum","inputs":["taste","noise"],"weights":[0.8,0.2],"output":"score"},
         {"kind":"logistic","inputs":["score"],"bias":-1,"weights":[3]},
         {"kind":"seasonal-drift","period":8,"amplitude":0.1,"phases":[0]}]
        """;

    [Fact]
    public void StepsComposeAsTheyWouldByHand()
    {
        // The user looks along the first axis: angles 0°, 90° and 60°, similarities 1, 1/2 and 2/3. In round 2 of period 8 the wave is at .1.
        using var people = new SmallPopulation(1, 3, [[1, 0]], [[2, 0], [0, 1], [1, MathF.Sqrt(3)]]);
        var noise = new RandomStream(7, "gaussian-noise:noise");
        var expected = new[] { 1, .5, 2 / 3.0 }.Select((taste, item) =>
        {
            using var lanes = tensor(new long[] { item });
            using var draw = noise.Normal(2, lanes);
            var score = (.8 * taste) + (.2 * .1 * draw.item<float>());
            return (1 / (1 + Math.Exp(1 - (3 * score)))) + .1;
        });
        var actual = people.Probabilities(Composition, 2);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(Math.Min(pair.First, 1), pair.Second, 1e-6));
    }

    [Fact]
    public void AModelIsStationaryWhereAllItsStepsAre()
    {
        using var people = new SmallPopulation(1, 2, [[1, 0]], [[2, 0], [0, 1]]);
        using var still = people.Model("""["cosine-similarity","logistic"]""");
        using var moving = people.Model(Composition);
        Assert.True(still.IsStationary);
        Assert.False(moving.IsStationary);
    }

    [Fact]
    public void AStepUsedTwiceIsOneStep()
    {
        // noise − noise = 0
        using var people = new SmallPopulation(3, 4);
        Assert.All(people.Probabilities("""["gaussian-noise",{"kind":"weighted-sum","inputs":["gaussian-noise","gaussian-noise"],"weights":[1,-1]}]"""), value => Assert.Equal(0f, value));
    }

    [Fact]
    public void NoTensorIsLeftBehind()
    {
        using var people = new SmallPopulation(3, 2, [[1, 0], [0, 1], [1, 1]], [[2, 0], [0, 1]]);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var model = people.Model("""["cosine-similarity",{"kind":"logistic","userDeviation":1,"itemDeviation":1,"interactionDeviation":1},{"kind":"abrupt-drift","round":0,"offsets":[0.1]},"linear-drift","seasonal-drift"]"""))
        {
            using var users = arange(3, ScalarType.Int64);
            using var items = zeros([3, 1], ScalarType.Int64);
            for (var round = 0; round < 3; round++)
            {
                model.Probabilities(users, round).Dispose();
                model.Probabilities(users, items, round).Dispose();
            }
            Assert.Throws<UserMistakeException>(() => people.Model("""["cosine-similarity",{"kind":"table","file":"absent.csv"},{"kind":"weighted-sum","inputs":["table","cosine-similarity"]}]"""));
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Theory]
    [InlineData("[]", "response was empty, must hold at least one step")]
    [InlineData("""["logstic"]""", "response[0] is of the unknown kind 'logstic'. Did you mean 'logistic'?")]
    [InlineData("""["weighted-sum"]""", "response[0] (weighted-sum): it has no input")]
    [InlineData("""["abrupt-drift"]""", "response[0] (abrupt-drift): it has no input")]
    [InlineData("""["constant",{"kind":"weighted-sum","inputs":[]}]""", "response[1] (weighted-sum): it has no input")]
    [InlineData("""[{"kind":"constant","output":"taste"},{"kind":"weighted-sum","inputs":["tast"]}]""", "response[1] (weighted-sum): there is no step with the output 'tast'. Did you mean 'taste'? Earlier outputs are taste")]
    [InlineData("""[{"kind":"logistic","inputs":["later"]},{"kind":"constant","output":"later"}]""", "response[0] (logistic): the output 'later' is that of a later step, must be of an earlier one: none")]
    [InlineData("""["constant",{"kind":"logistic","inputs":["logistic"]}]""", "response[1] (logistic): the output 'logistic' is its own")]
    [InlineData("""["constant",{"kind":"linear-drift","input":"nowhere"}]""", "response[1] (linear-drift): there is no step with the output 'nowhere'")]
    [InlineData("""["constant","constant",{"kind":"logistic","inputs":["constant"]}]""", "response[1] (constant): the output 'constant' is that of an earlier step too")]
    [InlineData("""["constant","item-popularity","logistic"]""", "response[0] (constant): no later step uses the output 'constant'")]
    [InlineData("""["constant",{"kind":"weighted-sum","weights":[1,2]}]""", "response[1] (weighted-sum): weights has 2 values, must have one for each of its 1 input")]
    [InlineData("""["constant",{"kind":"logistic","inputs":["constant"],"weights":[]}]""", "response[1] (logistic): weights has 0 values")]
    [InlineData("""[{"kind":"constant","output":""}]""", "response[0] (constant): output was empty")]
    [InlineData("""[{"kind":"constant","value":"NaN"}]""", "response[0] (constant): value was NaN, must be a number in [-1000000, 1000000]")]
    [InlineData("""["constant",{"kind":"linear-drift","start":5,"end":5}]""", "response[1] (linear-drift): end was 5, must be later than start, which was 5")]
    [InlineData("""["constant",{"kind":"linear-drift","offsets":[]}]""", "response[1] (linear-drift): offsets was empty")]
    [InlineData("""["constant",{"kind":"abrupt-drift","permute":false}]""", "response[1] (abrupt-drift): permute was false and offsets was none")]
    [InlineData("""["constant",{"kind":"seasonal-drift","phases":[]}]""", "response[1] (seasonal-drift): phases was empty")]
    [InlineData("""[{"kind":"logistic","userWeights":[1],"userDeviation":1}]""", "response[0] (logistic): userWeights and userDeviation were both given")]
    public void FaultsAreToldWithStepAndKindBeforeAnythingIsMade(string json, string told) =>
        Assert.Contains(told, Assert.Throws<UserMistakeException>(() => OptionsBinder.Bind(typeof(ComposedOptions), [KeyValuePair.Create("response", json)])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""["cosine-similarity"]""", "response[0] (cosine-similarity): items have no features, and this step needs some")]
    [InlineData("""["constant",{"kind":"logistic","interactionDeviation":1}]""", "response[1] (logistic): items have no features")]
    [InlineData("""[{"kind":"logistic","userWeights":[1,2,3]}]""", "response[0] (logistic): userWeights has 3 values, must have 2, one for each user feature")]
    [InlineData("""[{"kind":"cosine-similarity","userColumns":["v1"]}]""", "response[0] (cosine-similarity): users have no feature 'v1'. Did you mean 'u1'? Features are u0, u1")]
    [InlineData("""["table"]""", "response[0] (table): file was none, must be a Parquet or CSV file")]
    [InlineData("""[{"kind":"item-popularity","file":"absent.csv"}]""", "response[0] (item-popularity): There is no absent.csv")]
    [InlineData("""["constant",{"kind":"linear-drift","start":400}]""", "response[1] (linear-drift): the drift would start at round 400 and end at 15")]
    public void WhatOnlyThePopulationTellsIsToldWithStepAndKindToo(string json, string told)
    {
        using var people = new SmallPopulation(2, 2, [[1, 0], [0, 1]]);
        Assert.StartsWith(told, Assert.Throws<UserMistakeException>(() => people.Model(json)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FeaturesOfOtherWidthsAreNotCompared()
    {
        using var people = new SmallPopulation(1, 1, [[1, 0]], [[1, 0, 0]]);
        Assert.StartsWith("response[0] (cosine-similarity): users have 2 features and items 3, must be as many.", Assert.Throws<UserMistakeException>(() => people.Model("""["cosine-similarity"]""")).Message, StringComparison.Ordinal);
    }
}
