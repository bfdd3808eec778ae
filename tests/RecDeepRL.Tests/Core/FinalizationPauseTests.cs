using System.Runtime.CompilerServices;
using RecDeepRL.Core;

namespace RecDeepRL.Tests.Core;

[CollectionDefinition(nameof(FinalizationPauseTests), DisableParallelization = true)]
[Collection(nameof(FinalizationPauseTests))]
public sealed class FinalizationPauseTests
{
    private static int s_finalised;

    [Fact]
    public void NothingIsFinalisedInsideAndEverythingAfterwards()
    {
        var before = s_finalised;
        using (FinalizationPause.Begin())
        {
            Assert.True(FinalizationPause.IsHeld);
            AbandonAndCollect(10);
            Assert.Equal(before, s_finalised);
        }
        Assert.False(FinalizationPause.IsHeld);
        Assert.Equal(before + 10, s_finalised);
    }

    [Fact]
    public void BreathingLetsFinalisersRunOnceEnoughWasAllocated()
    {
        using var pause = FinalizationPause.Begin();
        var before = s_finalised;
        AbandonAndCollect(10);
        Allocate(100 << 20);

        FinalizationPause.Breathe();

        Assert.Equal(before + 10, s_finalised);
        Assert.True(FinalizationPause.IsHeld);
    }

    [Fact]
    public void BreathingLetsFinalisersRunOnceEnoughTimeHasPassed()
    {
        using var pause = FinalizationPause.Begin();
        var before = s_finalised;
        AbandonAndCollect(10);
        Thread.Sleep(1100);

        FinalizationPause.Breathe();

        Assert.Equal(before + 10, s_finalised);
        Assert.True(FinalizationPause.IsHeld);
    }

    [Fact]
    public void PausesNest()
    {
        using (FinalizationPause.Begin())
        {
            using (FinalizationPause.Begin())
            {
            }
            Assert.True(FinalizationPause.IsHeld);
        }
        Assert.False(FinalizationPause.IsHeld);
    }

    [Fact]
    public void FinalisersWaitForEveryThreadToBreathe()
    {
        using var inside = new Barrier(2);
        var before = s_finalised;
        var seenWhileOtherComputes = -1;
        var other = new Thread(() =>
        {
            using var pause = FinalizationPause.Begin();
            inside.SignalAndWait();
            // The first thread wants finalisers to run and waits for this one, which is still computing.
            Thread.Sleep(200);
            seenWhileOtherComputes = s_finalised;
            FinalizationPause.Breathe();
        });
        using (FinalizationPause.Begin())
        {
            other.Start();
            inside.SignalAndWait();
            AbandonAndCollect(10);
            Allocate(100 << 20);
            FinalizationPause.Breathe();
            Assert.Equal(before + 10, s_finalised);
        }
        other.Join();

        Assert.Equal(before, seenWhileOtherComputes);
    }

    private static void AbandonAndCollect(int count)
    {
        Abandon(count);
        GC.Collect();
        GC.Collect();
        Thread.Sleep(20);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Abandon(int count)
    {
        for (var index = 0; index < count; index++)
            _ = new Counted();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Allocate(int bytes)
    {
        for (var done = 0; done < bytes; done += 1 << 20)
            GC.KeepAlive(new byte[1 << 20]);
    }

    private sealed class Counted
    {
        ~Counted() => Interlocked.Increment(ref s_finalised);
    }
}
