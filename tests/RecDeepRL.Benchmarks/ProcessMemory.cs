using System.Globalization;
using TorchSharp;

namespace RecDeepRL.Benchmarks;

/// <summary>What Linux says of this process's memory.</summary>
internal static class ProcessMemory
{
    /// <summary>Resident now, in MB.</summary>
    public static double Resident => Read("VmRSS:");

    /// <summary>The most that was ever resident, in MB.</summary>
    public static double Peak => Read("VmHWM:");

    /// <summary>What lives on the managed heap, in MB. Finalisers may be held back by a pause, so nothing here waits for them.</summary>
    public static double Managed
    {
        get
        {
            GC.Collect();
            return GC.GetTotalMemory(forceFullCollection: false) / 1048576.0;
        }
    }

    /// <summary>Tensors of this thread that nobody has disposed.</summary>
    public static long Tensors => DisposeScopeManager.Statistics.ThreadTotalLiveCount;

    public static string Describe() => string.Create(CultureInfo.InvariantCulture, $"resident {Resident:F0} MB, peak {Peak:F0} MB, managed {Managed:F0} MB, {Tensors} tensors");

    /// <summary>The most of a process that was ever resident, in MB; 0 once it has ended.</summary>
    /// <param name="path">Its file /proc/N/status.</param>
    public static double PeakOf(string path) => Read("VmHWM:", path);

    private static double Read(string name, string path = "/proc/self/status")
    {
        var line = File.ReadLines(path).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line[name.Length..^2], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) / 1024;
    }
}
