using System.Runtime.InteropServices;

namespace RecDeepRL.Core;

/// <summary>The heap of the C library, where tensors of the CPU lie.</summary>
public static partial class NativeHeap
{
    private const int TrimThreshold = -1; // M_TRIM_THRESHOLD
    private const int MappingThreshold = -3; // M_MMAP_THRESHOLD
    private const int KeptBytes = int.MaxValue;
    private const int LargestFromHeap = 1 << 29;

    /// <summary>Lets the heap keep what is freed, for the next tensors of the size. By default the GNU library gives blocks of more than some hundred kilobytes back to the system at once,
    /// and the system clears every page of the next one: a large part of the time of a round, whose tensors have the sizes of those of the round before.</summary>
    /// <remarks>Call it before the first tensor. Blocks above 512 MiB still go back at once, and of the rest what exceeds 2 GiB at the end of the heap.
    /// Without effect on other systems and C libraries, and where the environment sets the heap up itself.</remarks>
    /// <returns>Whether it was set up so.</returns>
    public static bool KeepFreedMemory()
    {
        if (!OperatingSystem.IsLinux() || Chosen("MALLOC_MMAP_THRESHOLD_") || Chosen("MALLOC_TRIM_THRESHOLD_") || Chosen("GLIBC_TUNABLES"))
            return false;
        try
        {
            // 1 means that the value was taken. Older versions refuse more than 32 MiB.
            return (SetOption(MappingThreshold, LargestFromHeap) == 1 || SetOption(MappingThreshold, 1 << 25) == 1) && SetOption(TrimThreshold, KeptBytes) == 1;
        }
        catch (Exception fault) when (fault is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    private static bool Chosen(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}
