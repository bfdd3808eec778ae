using TorchSharp;
using static RecDeepRL.Tests.Simulation.MadeBatchEnvironment;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation;

public sealed class BatchEnvironmentTests
{
    [Fact]
    public void ObservingTwiceInOneRoundAnswersTheSame()
    {
        using var scope = NewDisposeScope();
        using var environment = Make();
        var first = environment.Observe();
        var ids = first.UserIds.data<long>().ToArray();
        first.UserIds.fill_(0L); // The caller owns what it got; the environment must not notice.
        Assert.Equal(ids, environment.Observe().UserIds.data<long>().ToArray());
    }

    [Fact]
    public void HistoryHoldsTheLatestItemsNewestLast()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(sampling: 1, historyLength: 3);
        var first = environment.Step(SlatesFor(environment.Observe(), slot => slot)); // Items 0 and 1.
        Assert.Equal([-1L, -1L, -1L], first.Observation.RecentItems[0].data<long>().ToArray());
        Assert.Equal([-1L, 0L, 1L], first.NextObservation.RecentItems[7].data<long>().ToArray());
        Assert.Equal(0f, first.NextObservation.RecentResponses[7, 0].item<float>());
        Assert.True(first.NextObservation.RecentResponses.narrow(1, 1, 2).equal(first.Responses).all().item<bool>());
        var second = environment.Step(SlatesFor(environment.Observe(), slot => slot + 4)); // Items 4 and 5.
        Assert.Equal([1L, 4L, 5L], second.NextObservation.RecentItems[7].data<long>().ToArray());
        Assert.True(environment.ObserveAll(0).RecentItems.equal(second.NextObservation.RecentItems).all().item<bool>());
    }

    [Fact]
    public void ASlateLongerThanTheHistoryLeavesItsLastItems()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(sampling: 1, slateSize: 4, historyLength: 3);
        using var feedback = environment.Step(SlatesFor(environment.Observe(), slot => slot, 4));
        Assert.Equal([1L, 2L, 3L], feedback.NextObservation.RecentItems[0].data<long>().ToArray());
    }

    [Fact]
    public void OnlyIncludedUsersGetAHistory()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(sampling: .4);
        using var feedback = environment.Step(SlatesFor(environment.Observe(), slot => slot));
        using var everyone = environment.ObserveAll(0);
        var shown = everyone.RecentItems.ge(0).any(1).nonzero().squeeze(1).data<long>().ToArray();
        Assert.Equal(feedback.Observation.UserIds.data<long>().ToArray(), shown);
        Assert.Equal(feedback.Observation.UserIds.data<long>().ToArray(), feedback.NextObservation.UserIds.data<long>().ToArray());
        Assert.Equal(1, feedback.NextObservation.Iteration);
    }

    [Fact]
    public void ARoundWithoutUsersPasses()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(sampling: 1e-9);
        using var observation = environment.Observe();
        Assert.Equal(0, observation.UserCount);
        using var feedback = environment.Step(zeros([0, 2], ScalarType.Int64));
        Assert.Equal([0L], feedback.Reward.shape);
        Assert.Equal([0L, 2L], feedback.Responses.shape);
        Assert.Equal([0L, 10L], feedback.NextObservation.RecentItems.shape);
        Assert.Equal(1, environment.Iteration);
    }

    [Theory]
    [InlineData("shape", "slates has shape [40, 3], expected [40, 2] (users, slots).")]
    [InlineData("range", "slates holds item ids from 0 to 6, allowed are 0 to 5.")]
    [InlineData("twice", "slates shows an item twice")]
    [InlineData("type", "slates has type Int32, expected Int64")]
    public void BadSlatesAreRefusedAndChangeNothing(string fault, string expected)
    {
        using var scope = NewDisposeScope();
        using var environment = Make(sampling: 1);
        var slates = fault switch
        {
            "shape" => zeros([Users, 3], ScalarType.Int64),
            "range" => tensor(new long[] { 0, Items }).expand(Users, 2),
            "twice" => zeros([Users, 2], ScalarType.Int64),
            _ => SlatesFor(environment.Observe(), slot => slot).to_type(ScalarType.Int32),
        };
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => environment.Step(slates)).Message, StringComparison.Ordinal);
        Assert.Equal(0, environment.Iteration);
        Assert.True(environment.ObserveAll(0).RecentItems.eq(-1).all().item<bool>());
        Assert.Throws<ArgumentException>(() => environment.Respond(environment.ObserveAll(0), slates, 1));
    }

    [Fact]
    public void ResettingStartsTheSameRunAgain()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(sampling: .5);
        environment.Reset(9);
        var first = Play(environment, 3);
        environment.Reset(9);
        Assert.Equal(first, Play(environment, 3));
        environment.Reset(10);
        Assert.NotEqual(first, Play(environment, 3));
    }

    [Fact]
    public void ASavedEnvironmentGoesOnAsItWouldHave()
    {
        using var scope = NewDisposeScope();
        using var original = Make(sampling: .5, seed: 4);
        Play(original, 3);
        var state = new MemoryCheckpoint();
        original.Save(state);
        using var restored = Make(sampling: .5, seed: 99);
        restored.Observe().Dispose(); // A round already decided from the other seed must be forgotten.
        restored.Load(state);
        Assert.Equal(3, restored.Iteration);
        Assert.True(restored.ObserveAll(0).RecentResponses.equal(original.ObserveAll(0).RecentResponses).all().item<bool>());
        Assert.Equal(Play(original, 3), Play(restored, 3));
    }

    [Fact]
    public void StepsLeaveNoTensorsBehind()
    {
        using var environment = Make(sampling: .5);
        long after10 = 0;
        for (var step = 1; step <= 200; step++)
        {
            // Without a scope around the round: what the feedback does not own would stay.
            using var observation = environment.Observe();
            using var slates = SlatesFor(observation, slot => slot);
            using var feedback = environment.Step(slates);
            using var everyone = environment.ObserveAll(0);
            using var all = SlatesFor(everyone, slot => slot);
            environment.Respond(everyone, all, 1).Dispose();
            if (step == 10)
                after10 = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            else if (step == 200)
                Assert.Equal(after10, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
    }
}
