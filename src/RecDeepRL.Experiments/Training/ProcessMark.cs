using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;

namespace RecDeepRL.Experiments.Training;

/// <summary>One process among all that ever had its number: the number, and when the process that has it now was started.</summary>
/// <param name="Id">The process number, which the system gives to others once the process has ended.</param>
/// <param name="Start">On Linux the system's start and the ticks from there to the process's, elsewhere the process's start in UTC ticks; only good for comparison.</param>
public sealed record ProcessMark(int Id, string Start)
{
    /// <summary>This process.</summary>
    public static ProcessMark Current { get; } = new(Environment.ProcessId, StartOf(Environment.ProcessId) ?? "");

    /// <summary>Whether the process is there still, and not another one with its number.</summary>
    [JsonIgnore]
    public bool IsAlive => Start.Length > 0 && StartOf(Id) == Start;

    private static string? StartOf(int id)
    {
        try
        {
            if (OperatingSystem.IsLinux())
                return StartOnLinux(id);
            using var process = Process.GetProcessById(id);
            return process.HasExited ? null : process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }

    /// <remarks>proc(5): the name in parentheses may hold anything, so fields are counted from the last parenthesis: the state is the first
    /// after it (field 3), the start is field 22. Read as it stands, since .NET works it out from a clock that is set from time to time.</remarks>
    private static string? StartOnLinux(int id)
    {
        var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        // Z and X: it has ended, and only its parent has not asked for it yet.
        return fields.Length < 20 || fields[0] is "Z" or "X" ? null : File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() + ":" + fields[19];
    }
}
