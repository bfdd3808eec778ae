using System.Diagnostics;
using System.Runtime.InteropServices;
using Serilog;

namespace RecDeepRL.Cluster.Silos;

/// <summary>Keeps a worker from taking more runs while its process has more resident memory than it may. It ends no run: those at work may still take more.</summary>
/// <param name="bytes">The limit.</param>
/// <param name="present">Bytes that the process has now.</param>
/// <param name="log">Told when the limit is reached, and when no longer.</param>
internal sealed partial class MemoryLimit(long bytes, Func<long> present, ILogger log)
{
    /// <summary>How often memory that is free already is given back to the system, at most: it takes time on large heaps.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private long? _freed;
    private bool _reached;

    /// <summary>Of this process; none where the settings have none.</summary>
    public static MemoryLimit? Of(ClusterSettings settings, ILogger log) =>
        settings.MemoryMegabytes is { } megabytes ? new(megabytes * 1_000_000L, () => Environment.WorkingSet, log) : null;

    /// <summary>Whether no further run is to be taken now.</summary>
    public bool IsReached()
    {
        lock (_gate)
        {
            var now = present();
            if (now > bytes && (_freed is not { } last || Stopwatch.GetElapsedTime(last) > s_pause))
            {
                // What earlier runs have let go of counts as resident until somebody asks for it: without this a worker at rest might stay above its limit for ever.
                GiveBack();
                _freed = Stopwatch.GetTimestamp();
                now = present();
            }
            var reached = now > bytes;
            if (reached && !_reached)
                log.Warning("Memory is {Present} megabytes, above the limit of {Limit}: no further run is taken until it is less", now / 1_000_000, bytes / 1_000_000);
            if (!reached && _reached)
                log.Information("memory is {Present} megabytes again: runs are taken", now / 1_000_000);
            return _reached = reached;
        }
    }

    private static void GiveBack()
    {
        GC.Collect();
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = Trim(0);
        }
        catch (Exception fault) when (fault is EntryPointNotFoundException or DllNotFoundException)
        {
            // Another C library than glibc; it gives back by itself.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint pad);
}
