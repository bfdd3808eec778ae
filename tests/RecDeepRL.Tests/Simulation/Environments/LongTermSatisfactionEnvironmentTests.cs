using RecDeepRL.Core;
using RecDeepRL.Simulation;
using RecDeepRL.Simulation.Environments;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation.Environments;

public sealed class LongTermSatisfactionEnvironmentTests
{
    [Fact]
    public void ChocolateWinsAtFirstAndKaleOverASession()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(new LongTermSatisfactionOptions { Users = 100 });
        var (chocolate, kale) = (Play(environment, 1), Play(environment, 0));
        Assert.Equal((60, 60), (chocolate.Length, kale.Length));
        Assert.True(chocolate[0] > 1.3 * kale[0], $"{chocolate[0]} and {kale[0]}");
        Assert.True(kale.Sum() > 1.5 * chocolate.Sum(), $"{kale.Sum()} and {chocolate.Sum()}");
        // Planning has found it out; with RecSim's own sensitivity there is nothing to find.
        Assert.True(environment.Weight > 0);
        using var recSim = Make(new LongTermSatisfactionOptions { Users = 100, Sensitivity = .01 });
        Assert.True(Play(recSim, 1).Sum() > 1.3 * Play(recSim, 0).Sum());
    }

    [Fact]
    public void ExpectedEngagementIsWorkedByHand()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(new LongTermSatisfactionOptions { Memory = 0, Sensitivity = 0, Items = 4 });
        // Satisfaction is ½: the logarithm has mean m = (4 + c)/2 and deviation 1. At the score c = 0 that would be m = 2:
        // exp(2.5)·Φ(4.60517 − 2 − 1) + 100·Φ(2 − 4.60517) = 12.18249 · .945779 + 100 · .004591 = 11.98103, of 100.
        var expected = environment.ExpectedResponses(tensor([0L]), 0)[0];
        var scores = environment.Population.ItemFeatures![.., 0];
        for (var item = 0; item < 4; item++)
        {
            var mean = (4 + scores[item].item<float>()) / 2;
            var (below, cut) = (Phi(Math.Log(100) - mean - 1), Phi(mean - Math.Log(100)));
            Assert.Equal(((Math.Exp(mean + .5) * below) + (100 * cut)) / 100, expected[item].item<float>(), 1e-6);
        }
        Assert.Equal(.1198103, new RecDeepRL.Simulation.Choices.EngagementChoice(1).Expected(full([1, 1], 2f)).item<float>(), 1e-5);

        static double Phi(double value) => MathNet.Numerics.Distributions.Normal.CDF(0, 1, value);
    }

    /// <summary>Mean reward by round when everybody is shown the item of the score nearest to a target.</summary>
    private static float[] Play(SessionEnvironment environment, double target)
    {
        using var scope = NewDisposeScope();
        using var sessions = environment.BeginSessions(5);
        var item = environment.Population.ItemFeatures![.., 0].sub(target).abs().argmin();
        var rewards = new List<float>();
        while (sessions.Observe().UserCount is > 0 and var users)
            rewards.Add(sessions.Step(item.expand(users, 1).clone()).Reward.mean().item<float>());
        return [.. rewards];
    }

    private static SessionEnvironment Make(LongTermSatisfactionOptions options) =>
        (SessionEnvironment)EnvironmentRegistry.Find("satisfaction").Create(new EnvironmentContext(1, CPU, null), options);
}
