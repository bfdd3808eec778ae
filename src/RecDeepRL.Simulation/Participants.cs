using System.Runtime.CompilerServices;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation;

/// <summary>Who takes part in a round: those of the users who are there whose coin falls below the sampling rate.</summary>
internal static class Participants
{
    private const int Block = 512;

    /// <param name="coins">One coin for each user: lane user.</param>
    /// <param name="users">Of whom; U of them.</param>
    /// <param name="sampling">Probability to take part, in (0, 1].</param>
    /// <param name="away">[U] bool, who is not there; none where everybody is. Borrowed.</param>
    /// <returns>[B] int64, in rising order. The caller disposes.</returns>
    public static Tensor Of(RandomStream coins, long iteration, UserRange users, double sampling, Tensor? away, Device device) =>
        device.type == TorchSharp.DeviceType.CPU ? InOnePass(coins, iteration, users, sampling, away) : ByTensorOperations(coins, iteration, users, sampling, away, device);

    /// <summary>On any device; what the pass over memory must equal.</summary>
    internal static Tensor ByTensorOperations(RandomStream coins, long iteration, UserRange users, double sampling, Tensor? away, Device device)
    {
        using var scope = NewDisposeScope();
        var included = empty([users.Count], ScalarType.Bool, device);
        UserSlices.ForEach(users.Count, 1, device, (start, count) =>
            included.narrow(0, start, count).copy_(coins.Uniform(iteration, arange(users.First + start, users.First + start + count, ScalarType.Int64, device)).lt(sampling)));
        if (away is not null)
            included.logical_and_(away.logical_not());
        return included.nonzero().squeeze(1).add_(users.First).MoveToOuterDisposeScope();
    }

    private static Tensor InOnePass(RandomStream coins, long iteration, UserRange range, double sampling, Tensor? away)
    {
        using var scope = NewDisposeScope();
        // Each slice writes its users to the beginning of its own part of as many places as there are users; the parts then move together.
        var places = empty([range.Count], ScalarType.Int64);
        var (found, absent) = (new TensorMemory<long>(places), away is null ? default(TensorMemory<bool>?) : new TensorMemory<bool>(away));
        var parts = new SortedList<long, int>();
        UserSlices.ForEachInOnePass(range.Count, 1, (start, count) =>
        {
            var length = Find(coins, iteration, range.First + start, (float)sampling, absent is { } mask ? mask.Slice(start, count) : [], found.Slice(start, count));
            lock (parts)
                parts.Add(start, length);
        });
        GC.KeepAlive(away);
        var users = empty([parts.Values.Sum(length => (long)length)], ScalarType.Int64);
        var (all, next) = (new TensorMemory<long>(users), 0L);
        foreach (var (start, length) in parts)
        {
            found.Slice(start, length).CopyTo(all.Slice(next, length));
            next += length;
        }
        return users.MoveToOuterDisposeScope();
    }

    /// <returns>How many of the users from the first on, one for each place, take part: they stand at the beginning of the places.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Find(RandomStream coins, long iteration, long firstUser, float sampling, ReadOnlySpan<bool> away, Span<long> places)
    {
        Span<long> users = stackalloc long[Block];
        Span<float> draws = stackalloc float[Block];
        var length = 0;
        for (var first = 0; first < places.Length; first += Block)
        {
            var count = Math.Min(Block, places.Length - first);
            for (var index = 0; index < count; index++)
                users[index] = firstUser + first + index;
            coins.FillUniform(iteration, users[..count], draws);
            for (var index = 0; index < count; index++)
            {
                // Written in any case, counted where it holds: a branch that nobody can foresee would cost more.
                places[length] = users[index];
                length += draws[index] < sampling && (away.IsEmpty || !away[first + index]) ? 1 : 0;
            }
        }
        return length;
    }
}
