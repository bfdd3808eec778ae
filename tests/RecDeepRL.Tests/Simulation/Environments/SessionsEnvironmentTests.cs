using RecDeepRL.Core;
using RecDeepRL.Simulation;
using RecDeepRL.Simulation.Environments;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation.Environments;

public sealed class SessionsEnvironmentTests
{
    [Fact]
    public void MyopiaEarnsAtLeastAFifthLessPerSessionThanPlanning()
    {
        for (var seed = 1; seed <= 2; seed++)
        {
            using var scope = NewDisposeScope();
            using var environment = Make(seed, new SessionsOptions { Users = 150 });
            var everyone = arange(150, ScalarType.Int64);
            var myopic = PlanningWeight.Play(environment, everyone, 0, 77);
            var planned = PlanningWeight.Play(environment, everyone, environment.Weight, 77);
            Assert.True(myopic <= .8 * planned, $"seed {seed}: myopic {myopic:F2}, planned {planned:F2}");
        }
    }

    [Fact]
    public void FeaturesTellTheTopicTheQualityAndRoughlyTheAffinities()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(1, new SessionsOptions { Users = 500, Items = 40, Topics = 4 });
        Assert.Equal(["affinity:0", "affinity:1", "affinity:2", "affinity:3"], environment.Population.UserFeatureNames);
        Assert.Equal(["topic:0", "topic:1", "topic:2", "topic:3", "quality"], environment.Population.ItemFeatureNames);
        Assert.True(environment.Population.ItemFeatures!.narrow(1, 0, 4).argmax(1).SameAs(arange(40, ScalarType.Int64).remainder(4)));
        // A user's mean probability in a topic follows the affinity that is shown, whose noise leaves it a correlation of 1/√1.25 = .894 with the true one.
        var truth = environment.ExpectedResponses(arange(500, ScalarType.Int64), 0);
        var means = truth.reshape(500, 10, 4).mean([1L]);
        var correlation = corrcoef(stack([means.reshape(-1), environment.Population.UserFeatures!.reshape(-1)]))[0, 1].item<float>();
        Assert.InRange(correlation, .8, .95);
        // Quality lifts an item for everybody.
        var quality = environment.Population.ItemFeatures![.., 4];
        var centred = truth.mean([0L]).reshape(10, 4).sub(truth.mean([0L]).reshape(10, 4).mean([0L])).reshape(-1);
        Assert.True(corrcoef(stack([centred, quality]))[0, 1].item<float>() > .8);
    }

    [Fact]
    public void SessionsEndOfPatienceAndNotOfTheLimit()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(1, new SessionsOptions { Users = 300 });
        using var sessions = (SessionEnvironment)environment.BeginSessions(3);
        var (terminated, truncated) = (0L, 0L);
        for (var round = 0; round < 50; round++)
        {
            using var inner = NewDisposeScope();
            var feedback = sessions.Step(sessions.Plan(sessions.Observe(), 0));
            terminated += feedback.Terminated.sum().item<long>();
            truncated += feedback.Truncated.sum().item<long>();
        }
        Assert.Equal(300, terminated + truncated);
        Assert.InRange(truncated, 0, 30);
    }

    [Theory]
    [InlineData("sessions", "fd45413971e7f2b9")]
    [InlineData("satisfaction", "749bc1917f2ad90e")]
    public void ThePopulationOfASeedIsTheSameOnEveryMachine(string name, string fingerprint)
    {
        using var environment = EnvironmentRegistry.Find(name).Create(new EnvironmentContext(1, CPU, null));
        Assert.Equal(fingerprint, environment.Spec.PopulationFingerprint);
    }

    private static SessionEnvironment Make(long seed, SessionsOptions options) =>
        (SessionEnvironment)EnvironmentRegistry.Find("sessions").Create(new EnvironmentContext(seed, CPU, null), options);
}
