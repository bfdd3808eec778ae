using System.Runtime.CompilerServices;

namespace RecDeepRL.Core;

/// <summary>Keeps finalisers from running while tensors are computed, and lets them run in between.</summary>
/// <remarks>TorchSharp 0.107 turns each number that takes part in a tensor operation into a native object, passes its address on and keeps
/// no reference during the call. If a collection happens at that moment, the finaliser can free what the call is about to read: the
/// operation then fails ('Unknown scalar type') or computes with another number. It takes tens of millions of operations to see it once,
/// and several busy threads make it likelier. Tensors are safe, since their dispose scope holds them.
/// Collections are left alone; only the thread that runs finalisers is held, by an object whose own finaliser waits. Once enough was
/// allocated, or enough time has passed, the threads inside a pause gather at their next <see cref="Breathe"/> or end of pause, and the finalisers that have become
/// due run while no operation is under way. Time counts too, since few and small objects can do harm: native numbers that wait for their
/// finalisers stand in the way of large tensors, whose memory is then not used again (seen: 16 MB more with each round of 200,000 users).</remarks>
public static class FinalizationPause
{
    private const long AllocatedBetweenRuns = 64L << 20;
    private const long MillisecondsBetweenRuns = 1000;
    private static readonly object s_gate = new();
    private static readonly ManualResetEventSlim s_held = new(false);
    private static readonly ManualResetEventSlim s_free = new(true);

    [ThreadStatic]
    private static int t_depth;

    private static int s_inside;
    private static bool s_due;
    private static long s_allocatedAtHold;
    private static long s_heldAt;
    private static bool s_unavailable;

    /// <summary>Whether finalisers are held at present.</summary>
    internal static bool IsHeld => !s_free.IsSet;

    /// <summary>Begins a pause of this thread, until the result is disposed on the same thread. Pauses nest.</summary>
    public static Scope Begin()
    {
        if (t_depth == 0)
            Enter();
        return new Scope(t_depth++);
    }

    /// <summary>Lets finalisers run if that is due. To be called inside a pause, between operations, in loops that run for long; cheap.</summary>
    public static void Breathe()
    {
        if (t_depth == 0 || !(Volatile.Read(ref s_due) || IsDue))
            return;
        lock (s_gate)
        {
            s_due = true;
            Leave();
            Enter();
        }
    }

    private static bool IsDue =>
        GC.GetTotalAllocatedBytes() - Volatile.Read(ref s_allocatedAtHold) > AllocatedBetweenRuns
        || Environment.TickCount64 - Volatile.Read(ref s_heldAt) > MillisecondsBetweenRuns;

    private static void Enter()
    {
        lock (s_gate)
        {
            // Once finalisers are due, whoever wants to enter waits until the last has left.
            while (s_due && s_inside > 0)
                Monitor.Wait(s_gate);
            if (s_inside == 0)
            {
                Release();
                Hold();
            }
            s_inside++;
        }
    }

    private static void Leave()
    {
        lock (s_gate)
        {
            if (--s_inside > 0)
                return;
            Release();
            Monitor.PulseAll(s_gate);
        }
    }

    /// <summary>Lets finalisers go and waits until those that are due have run.</summary>
    private static void Release()
    {
        s_due = false;
        if (s_free.IsSet)
            return;
        s_free.Set();
        GC.WaitForPendingFinalizers();
    }

    private static void Hold()
    {
        Volatile.Write(ref s_allocatedAtHold, GC.GetTotalAllocatedBytes());
        Volatile.Write(ref s_heldAt, Environment.TickCount64);
        if (s_unavailable)
            return;
        s_free.Reset();
        s_held.Reset();
        Abandon();
        GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        // Should a runtime collect otherwise than expected, finalisers run as ever, and it is not tried again.
        if (!s_held.Wait(TimeSpan.FromSeconds(5)))
        {
            s_unavailable = true;
            s_free.Set();
        }
    }

    /// <summary>Leaves an object to the collector whose finaliser waits.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Abandon() => _ = new Holder();

    private sealed class Holder
    {
        ~Holder()
        {
            s_held.Set();
            s_free.Wait();
        }
    }

    /// <summary>A pause of the thread that began it.</summary>
    public readonly ref struct Scope
    {
        private readonly int _depthBefore;

        internal Scope(int depthBefore) => _depthBefore = depthBefore;

        /// <summary>Ends the pause, and those begun inside it.</summary>
        public void Dispose()
        {
            t_depth = _depthBefore;
            if (_depthBefore == 0)
                Leave();
        }
    }
}
