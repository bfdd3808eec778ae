using RecDeepRL.Core;
using TorchSharp;
using static RecDeepRL.Tests.Simulation.MadeDelayedEnvironment;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation;

public sealed class DelayedEnvironmentStateTests
{
    [Fact]
    public void ARefusedSlateChangesNothing()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(2, 1);
        for (var round = 0; round < 3; round++)
            Step(environment);
        using var before = MemoryCheckpoint.Of(environment);
        Assert.Throws<ArgumentException>(() => environment.Step(zeros([1, 5], ScalarType.Int64)));
        using var after = MemoryCheckpoint.Of(environment);
        before.AssertSameAs(after);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ARunResumedWithFeedbackUnderWayGoesOnAsItWould(bool taken)
    {
        using var scope = NewDisposeScope();
        using var original = Make(1, 3, seed: 4);
        for (var round = 0; round < 5; round++)
            Step(original);
        if (taken)
            Arrivals(original);
        using var state = MemoryCheckpoint.Of(original);
        using var restored = Make(1, 3, seed: 99);
        Step(restored); // What is under way here must be forgotten.
        restored.Load(state);
        AssertSame(Arrivals(original), Arrivals(restored));
        for (var round = 0; round < 6; round++)
        {
            AssertSame(Step(original), Step(restored));
            AssertSame(Arrivals(original), Arrivals(restored));
        }
        using var expected = MemoryCheckpoint.Of(original);
        using var end = MemoryCheckpoint.Of(restored);
        expected.AssertSameAs(end);
    }

    [Fact]
    public void ResettingForgetsWhatIsUnderWay()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(1, 2, seed: 5);
        using var fresh = Make(1, 2, seed: 5);
        for (var round = 0; round < 3; round++)
            Step(environment);
        environment.Reset(5);
        Assert.Empty(Arrivals(environment));
        using var expected = MemoryCheckpoint.Of(fresh);
        using var state = MemoryCheckpoint.Of(environment);
        expected.AssertSameAs(state);
    }

    [Fact]
    public void ARoundWithoutUsersPasses()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(1, 1, sampling: 1e-9);
        for (var round = 0; round < 4; round++)
        {
            Assert.Equal(0, Step(environment).Observation.UserCount);
            Assert.Empty(Arrivals(environment));
        }
    }

    [Fact]
    public void NothingLeaks()
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var environment = Make(1, 0, sampling: 1))
        {
            long after10 = 0;
            for (var step = 1; step <= 60; step++)
            {
                Play();
                if (step == 10)
                    after10 = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            }
            Assert.Equal(after10, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            using (var state = MemoryCheckpoint.Of(environment))
                environment.Load(state);
            Assert.Equal(after10, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

            // Without a scope around the round: what the feedback does not own would stay.
            void Play()
            {
                using var observation = environment.Observe();
                using var slates = zeros([observation.UserCount, 1], ScalarType.Int64);
                using var feedback = environment.Step(slates);
                using var everyone = environment.ObserveAll(0);
                foreach (var one in ((IDelayedFeedback)environment).TakeArrivals())
                    one.Dispose();
            }
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
