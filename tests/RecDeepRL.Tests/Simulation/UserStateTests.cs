using RecDeepRL.Core;
using RecDeepRL.Simulation;
using RecDeepRL.Simulation.Dynamics;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation;

public sealed class UserStateTests
{
    [Fact]
    public void SessionsThatReachTheLimitEndByIt()
    {
        using var environment = SmallSessions.Make(users: 5, limit: 3);
        Assert.Null(environment.LatestEnded);
        foreach (var ended in new[] { 0, 0, 5, 0, 0, 5 })
        {
            Show(environment);
            Assert.Equal(Enumerable.Repeat(3L, ended), environment.LatestEnded!.Rounds.data<long>());
            Assert.Equal(ended == 0 ? [] : [KeyValuePair.Create("limit", 5L)], environment.LatestEnded.Reasons);
        }
        environment.Reset(4);
        Assert.Null(environment.LatestEnded);
    }

    [Fact]
    public void WhoLeavesIsCountedForThePartThatMadeThem()
    {
        using var environment = SmallSessions.Make(users: 5, limit: 3, dynamics: _ => new Leaving(new LeavingOptions { Probability = 1 }));
        Show(environment);
        Assert.Equal([1L, 1, 1, 1, 1], environment.LatestEnded!.Rounds.data<long>());
        Assert.Equal([KeyValuePair.Create("leaving", 5L)], environment.LatestEnded.Reasons);
    }

    [Fact]
    public void SatiationIsAMeanOverUsersAndTopics()
    {
        using var environment = SmallSessions.Make(users: 4, limit: 9, dynamics: context => new Satiation(context, new SatiationOptions()));
        Assert.Equal(0, environment.UserFigures()["satiation"]);
        Show(environment);
        // Items 0 and 1 are of two of the three topics, each adds 1, and .8 of it stays: (.8 + .8 + 0)/3.
        Assert.Equal(1.6 / 3, environment.UserFigures()["satiation"], 1e-6);
        Assert.Equal(1, environment.UserFigures()["present"]);
    }

    [Fact]
    public void UsersWhoStayAsTheyAreHaveNoFigures()
    {
        using var environment = SmallSessions.Make(limit: null);
        Show(environment);
        Assert.Empty(environment.UserFigures());
        Assert.Null(environment.LatestEnded);
    }

    [Fact]
    public void LateFeedbackHidesNoState()
    {
        using var environment = DelayedEnvironment.Around(SmallSessions.Make(users: 5, limit: 1), 2, 0, 1);
        Show(environment);
        Assert.Equal(5, Assert.IsAssignableFrom<IReportsUserState>(environment).LatestEnded!.Rounds.shape[0]);
    }

    /// <summary>Items 0 and 1 to everybody.</summary>
    private static void Show(IEnvironment environment)
    {
        using var scope = NewDisposeScope();
        environment.Step(arange(2, ScalarType.Int64).repeat(environment.Observe().UserCount, 1));
    }
}
