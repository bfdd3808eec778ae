using RecDeepRL.Agents;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Simulation;
using RecDeepRL.Simulation.Environments;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation.Environments;

public sealed class WheelEnvironmentTests
{
    [Theory]
    [InlineData(.5)]
    [InlineData(.95)]
    public void OnlyTheItemOfTheQuadrantPaysAndOnlyOnTheRim(double delta)
    {
        using var scope = NewDisposeScope();
        using var environment = Make(new WheelOptions { Users = 4000, Delta = delta });
        var truth = ((ITruth)environment).ExpectedResponses(arange(4000, ScalarType.Int64), 0);
        var points = environment.Population.UserFeatures!.data<float>().ToArray();
        // 1, 1.2 and 50 by (r − 1 + .06)/(49 + .12).
        double[] scaled = [.06 / 49.12, .26 / 49.12, 49.06 / 49.12];
        var rim = 0;
        for (var user = 0; user < 4000; user++)
        {
            var (x, y) = ((double)points[2 * user], (double)points[(2 * user) + 1]);
            var length = Math.Sqrt((x * x) + (y * y));
            Assert.True(length <= 1 + 1e-6);
            if (Math.Abs(length - delta) < 1e-6)
                continue; // Rounded to float32, the point may have crossed the rim.
            var quadrant = y >= 0 ? (x >= 0 ? 0 : 1) : x < 0 ? 2 : 3;
            rim += length > delta ? 1 : 0;
            for (var item = 0; item < 5; item++)
            {
                var expected = item == 0 ? scaled[1] : length > delta && item == 1 + quadrant ? scaled[2] : scaled[0];
                Assert.Equal(expected, truth[user, item].item<float>(), 1e-6);
            }
        }
        // Uniform in the disk, a share 1 − δ² lies on the rim: ±4σ.
        var share = 1 - (delta * delta);
        var margin = 4 * Math.Sqrt(share * (1 - share) / 4000);
        Assert.InRange(rim / 4000.0, share - margin, share + margin);
    }

    [Fact]
    public void ResponsesAreNumbersInTheUnitInterval()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(new WheelOptions { Users = 2000, Noise = 2, SlateSize = 5 });
        var everyone = environment.ObserveAll(1);
        var slates = arange(5, ScalarType.Int64).expand(2000, 5).clone();
        var responses = environment.Respond(everyone, slates, 3);
        Assert.InRange(responses.min().item<float>(), 0, 1);
        Assert.InRange(responses.max().item<float>(), 0, 1);
        // σ = 2/(49 + 24) = .0274; 10 000 draws give their deviation within 4/√20000 of itself.
        var rest = responses - ((ITruth)environment).ExpectedResponses(everyone.UserIds, slates, 0);
        Assert.InRange(rest.std().item<float>(), 2 / 73.0 * (1 - .0283), 2 / 73.0 * (1 + .0283));
    }

    [Fact]
    public void WithOtherItemsThereAreOtherSectors()
    {
        // A single item is safe for all; two leave one sector, the whole rim.
        using var scope = NewDisposeScope();
        using var alone = Make(new WheelOptions { Users = 50, Items = 1 });
        Assert.True(((ITruth)alone).ExpectedResponses(arange(50, ScalarType.Int64), 0).sub(.26 / 49.12).abs().max().item<float>() < 1e-6);
        using var two = Make(new WheelOptions { Users = 50, Items = 2, Delta = 0 });
        Assert.True(((ITruth)two).ExpectedResponses(arange(50, ScalarType.Int64), 0).argmax(1).eq(1).all().item<bool>());
    }

    [Fact]
    [Trait("Category", "Learning")]
    public void WhoExploresFindsTheRimAndWhoIsGreedyDoesNot()
    {
        // The paper's ordering at δ = .95: exploring beats greedy beats uniform, for the same model. Mean expected responses of the whole run, five seeds.
        double Score(string agent, params string[] settings) => Enumerable.Range(1, 5).Average(seed => Play(agent, settings, seed));
        var thompson = Score("linear-thompson", "degree=2");
        var greedy = Score("linear-thompson", "degree=2", "scale=0");
        Assert.True(thompson > greedy, $"{thompson} and {greedy}");
        Assert.True(greedy > Score("random"), $"{greedy}");
    }

    private static double Play(string agentName, string[] settings, long seed)
    {
        using var outer = NewDisposeScope();
        using var environment = EnvironmentRegistry.Find("wheel").Create(new EnvironmentContext(seed, CPU, null), new WheelOptions { Users = 1000 });
        environment.Reset(seed);
        var registration = AgentRegistry.Find(agentName);
        var options = OptionsBinder.Bind(registration.OptionsType, settings.Select(setting => KeyValuePair.Create(setting.Split('=')[0], setting.Split('=')[1])));
        using var agent = registration.Create(new AgentContext(environment.Spec, environment.Population, RandomStream.DeriveSeed(seed, "agent")), options);
        var sum = 0.0;
        for (var round = 0; round < 60; round++)
        {
            using var scope = NewDisposeScope();
            var observation = environment.Observe();
            var slates = agent.Recommend(observation, RecommendationMode.Explore);
            sum += ((ITruth)environment).ExpectedResponses(observation.UserIds, slates, round).mean().item<float>();
            agent.Learn(environment.Step(slates));
        }
        return sum / 60;
    }

    private static IEnvironment Make(WheelOptions options) => EnvironmentRegistry.Find("wheel").Create(new EnvironmentContext(1, CPU, null), options);
}
