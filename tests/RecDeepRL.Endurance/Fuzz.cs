using System.Diagnostics;
using System.Globalization;
using RecDeepRL.Measuring;
using RecDeepRL.Tests.Fuzzing;

namespace RecDeepRL.Endurance;

/// <summary>Damaged files without end: each reader in a process of its own, since a crash of native code would take the others along.</summary>
internal static class Fuzz
{
    private static readonly TimeSpan s_silence = TimeSpan.FromMinutes(2);

    public static int Run(string[] arguments)
    {
        var cases = Arguments.Number(arguments, 0, "cases", 10_000);
        var wanted = arguments.Length > 1 ? arguments[1] : "";
        var faults = 0;
        for (var index = 0; index < FuzzTargets.All.Count; index++)
        {
            var name = FuzzTargets.All[index]().Name;
            if (name.Contains(wanted, StringComparison.OrdinalIgnoreCase))
                faults += RunTarget(index, name, cases);
        }
        Console.WriteLine(faults == 0 ? "no fault" : $"{faults} faults");
        return faults == 0 ? 0 : 1;
    }

    private static int RunTarget(int index, string name, long cases)
    {
        var (next, faults) = (0L, 0);
        while (next < cases)
        {
            var watch = Stopwatch.StartNew();
            var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
            foreach (var argument in new[] { "fuzz-worker", index.ToString(CultureInfo.InvariantCulture), next.ToString(CultureInfo.InvariantCulture), cases.ToString(CultureInfo.InvariantCulture) })
                start.ArgumentList.Add(argument);
            using var worker = Process.Start(start)!;
            var heard = Stopwatch.GetTimestamp();
            using var watchdog = new Timer(
                _ => { if (Stopwatch.GetElapsedTime(Volatile.Read(ref heard)) > s_silence) worker.Kill(); }, null, s_silence, TimeSpan.FromSeconds(5));
            var last = -1L;
            while (worker.StandardOutput.ReadLine() is { } line)
            {
                Volatile.Write(ref heard, Stopwatch.GetTimestamp());
                var words = line.Split('\t', 2);
                switch (words[0])
                {
                    case "at":
                        last = long.Parse(words[1], CultureInfo.InvariantCulture);
                        break;
                    case "fault":
                        faults++;
                        Console.WriteLine($"{name}: {words[1]}");
                        break;
                    default:
                        Console.WriteLine($"{name}: {line}, {watch.Elapsed.TotalSeconds:F0} s");
                        break;
                }
            }
            worker.WaitForExit();
            if (worker.ExitCode == 0)
                return faults;
            faults++;
            if (last < 0)
            {
                Console.WriteLine($"{name}: cannot begin, exit code {worker.ExitCode}");
                return faults;
            }
            Console.WriteLine($"{name}: the process ended with {worker.ExitCode} in case {last}{(worker.ExitCode == 137 ? ", silent for too long or out of memory" : "")}");
            next = last + 1;
        }
        return faults;
    }
}
