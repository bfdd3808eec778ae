using System.Globalization;

namespace RecDeepRL.Benchmarks;

/// <summary>What Linux says of this process's memory.</summary>
internal static class ProcessMemory
{
    /// <summary>Resident now, in MB.</summary>
    public static double Resident => Read("VmRSS:");

    /// <summary>The most that was ever resident, in MB.</summary>
    public static double Peak => Read("VmHWM:");

    public static string Describe() => string.Create(CultureInfo.InvariantCulture, $"resident {Resident:F0} MB, peak {Peak:F0} MB");

    private static double Read(string name)
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line[name.Length..^2], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) / 1024;
    }
}
