using System.Runtime.InteropServices;

namespace RecDeepRL.Core;

/// <summary>How libtorch's own threads wait for each other at the end of an operation.</summary>
public static partial class WaitingThreads
{
    private const string Spins = "GOMP_SPINCOUNT";
    private const string Policy = "OMP_WAIT_POLICY";

    /// <summary>Lets them look for each other a thousand times, some microseconds, and then sleep. By default the GNU OpenMP library lets them spin for milliseconds:
    /// on a machine with other work they so take the time of the very thread they wait for, and a step takes several times as long.</summary>
    /// <remarks>Call it before the first tensor, since the library reads its settings when it is loaded. Without effect on other systems, and where the environment
    /// says how to wait (OMP_WAIT_POLICY, GOMP_SPINCOUNT).</remarks>
    /// <returns>Whether it was set up so.</returns>
    public static bool SpinBriefly()
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable(Spins) is not null || Environment.GetEnvironmentVariable(Policy) is not null)
            return false;
        try
        {
            // Environment.SetEnvironmentVariable changes .NET's copy alone, which native libraries do not see.
            return Set(Spins, "1000", 0) == 0;
        }
        catch (Exception fault) when (fault is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Set(string name, string value, int overwrite);
}
