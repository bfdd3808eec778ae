using System.Runtime.ExceptionServices;
using TorchSharp;

namespace RecDeepRL.Core;

/// <summary>Splits a batch of users into slices for chains of operations whose intermediate results would not fit for all users at once.</summary>
/// <remarks>A batch of a million values or fewer is left in one piece: its operations are worth more than slicing would save.
/// On the CPU a slice stays in its cache, and below the size from which libtorch splits an operation over threads of its own:
/// instead, whole slices run side by side on as many threads as libtorch may use, without a barrier after each operation.</remarks>
public static class UserSlices
{
    private const long ValuesOnCpu = (1 << 15) - 1;
    private const long ValuesElsewhere = 1 << 26;
    private const long ValuesInOnePiece = 1 << 20;
    private const long ValuesInOneLoop = 1 << 14;

    /// <param name="userCount">B; nothing is returned for 0.</param>
    /// <param name="valuesPerUser">How many values one user has in the largest intermediate result, such as K; at least 1.</param>
    /// <returns>Slices in order, each of at least one user.</returns>
    public static IEnumerable<(long Start, long Count)> Of(long userCount, long valuesPerUser, torch.Device device)
    {
        var size = Size(userCount, valuesPerUser, device);
        for (var start = 0L; start < userCount; start += size)
            yield return (start, Math.Min(size, userCount - start));
    }

    /// <summary>Runs operations slice by slice, in a dispose scope each, on the CPU perhaps side by side.</summary>
    /// <param name="operations">Given the first user and the number of users; must not write what another slice reads or writes.</param>
    public static void ForEach(long userCount, long valuesPerUser, torch.Device device, Action<long, long> operations)
    {
        var size = Size(userCount, valuesPerUser, device);
        var slices = (userCount + size - 1) / size;
        var threads = device.type == DeviceType.CPU && slices > 1 ? torch.get_num_threads() : 1;
        SideBySide(slices, threads, Run);

        void Run(long slice)
        {
            using var scope = torch.NewDisposeScope();
            operations(slice * size, Math.Min(size, userCount - (slice * size)));
        }
    }

    /// <summary>Runs a loop in C# over the users, on the CPU: slice by slice, side by side on as many threads as libtorch may use as soon as there are two slices.
    /// Such a loop passes over memory once and makes no intermediate results, so slices are small and a batch is never left in one piece for libtorch to split.</summary>
    /// <param name="valuesPerUser">How many values the loop passes over for one user, such as K; at least 1.</param>
    /// <param name="loop">Given the first user and the number of users; must not write what another slice reads or writes.</param>
    public static void ForEachInOnePass(long userCount, long valuesPerUser, Action<long, int> loop)
    {
        var size = Math.Max(1, ValuesInOneLoop / valuesPerUser);
        var slices = (userCount + size - 1) / size;
        SideBySide(slices, slices > 1 ? torch.get_num_threads() : 1, slice => loop(slice * size, (int)Math.Min(size, userCount - (slice * size))));
    }

    private static void SideBySide(long slices, int threads, Action<long> run)
    {
        if (threads == 1)
        {
            for (var slice = 0L; slice < slices; slice++)
                run(slice);
            return;
        }
        try
        {
            Parallel.For(0, slices, new ParallelOptions { MaxDegreeOfParallelism = threads }, run);
        }
        catch (AggregateException faults)
        {
            ExceptionDispatchInfo.Throw(faults.InnerExceptions[0]);
        }
    }

    private static long Size(long userCount, long valuesPerUser, torch.Device device) => userCount * valuesPerUser <= ValuesInOnePiece
        ? Math.Max(1, userCount)
        : Math.Max(1, (device.type == DeviceType.CPU ? ValuesOnCpu : ValuesElsewhere) / valuesPerUser);
}
