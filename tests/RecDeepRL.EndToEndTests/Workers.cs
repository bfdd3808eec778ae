using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace RecDeepRL.EndToEndTests;

/// <summary>Worker processes of a cluster of this machine, ended with the test.</summary>
internal sealed class Workers(string folder, string clusterFile) : IDisposable
{
    private readonly List<(Process Process, Task<string> Said, string Log)> _all = [];

    /// <summary>How often a run was begun, by all of them together.</summary>
    public int RunsBegun => _all.Sum(one => CountBegun(Lines(one.Log)));

    /// <summary>Starts some side by side and waits until each is part of the cluster.</summary>
    /// <param name="cells">Runs or shards that each has a place for.</param>
    public void Start(int count, int cells = 1)
    {
        var first = _all.Count;
        for (var index = first; index < first + count; index++)
        {
            var log = Path.Combine(folder, $"worker{index}.log");
            var process = RecDeepRLProcess.Start(folder, "worker", "--cluster", clusterFile, "--cells", cells.ToString(System.Globalization.CultureInfo.InvariantCulture), "--log", log);
            _all.Add((process, Task.Run(process.StandardError.ReadToEnd), log));
        }
        foreach (var (process, said, _) in _all.Skip(first))
        {
            var line = process.StandardOutput.ReadLine();
            Assert.True(line?.StartsWith("worker of the cluster", StringComparison.Ordinal) == true, $"a worker did not start: {line} {(process.HasExited ? said.Result : "")}");
            // Nobody reads on: it must not wait for that.
            _ = Task.Run(process.StandardOutput.ReadToEnd);
        }
    }

    /// <summary>Ends one as the system does when memory is short: SIGKILL, in the middle of a run.</summary>
    public void KillInARun(int index)
    {
        var (process, _, log) = _all[index];
        var watch = Stopwatch.StartNew();
        while (!IsInARun(log))
        {
            Assert.False(process.HasExited, "the worker ended before it was killed");
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), "the worker had no run within two minutes");
            Thread.Sleep(5);
        }
        Kill(index);
    }

    /// <summary>Ends one with SIGKILL.</summary>
    public void Kill(int index)
    {
        _all[index].Process.Kill();
        _all[index].Process.WaitForExit();
    }

    /// <summary>Those that have held a shard.</summary>
    public IReadOnlyList<int> HaveHeldShards => [.. Enumerable.Range(0, _all.Count).Where(index => Lines(_all[index].Log).Any(line => line.Contains(": shard ", StringComparison.Ordinal)))];

    /// <summary>Ends one as Ctrl-C does.</summary>
    public int Interrupt(int index)
    {
        var process = _all[index].Process;
        RecDeepRLProcess.Interrupt(process);
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(1)), "the worker did not end within a minute");
        return process.ExitCode;
    }

    public void Dispose()
    {
        foreach (var (process, _, _) in _all)
        {
            if (!process.HasExited)
                process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }

    /// <summary>The first of some ports in a row that are free here, below those that the system hands out.</summary>
    public static int FreePorts(int count)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var first = Random.Shared.Next(20000, 31000);
            if (Enumerable.Range(first, count).All(IsFree))
                return first;
        }
        throw new InvalidOperationException($"No {count} free ports in a row.");
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool IsInARun(string log) => Lines(log) is var lines && CountBegun(lines) > lines.Count(line => line.Contains(": finished in ", StringComparison.Ordinal));

    private static int CountBegun(string[] lines) => lines.Count(line => line.EndsWith(": begun", StringComparison.Ordinal));

    private static string[] Lines(string log)
    {
        using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd().Split('\n');
    }
}
