using System.Diagnostics;
using System.Globalization;

namespace RecDeepRL.EndToEndTests;

public sealed class SimulateTests : WorkingFolder
{
    [Fact]
    public void ASimulationLeavesALogMetricsAndATable()
    {
        var output = Run(["simulate", "thompson", "--env", "popular", "--iterations", "4", "--log", "log", "--bounds", .. Small]).Succeeded().Output;

        Assert.Contains("users/s", output, StringComparison.Ordinal);
        Assert.Contains("regret in all", output, StringComparison.Ordinal);
        Assert.Equal(4, Iterations("log").Count);
        Assert.Equal(["1", "2", "3", "4"], File.ReadLines(PathOf("log/metrics.csv")).Skip(1).Select(row => row.Split(',')[0]));
        Assert.Contains("\"agent\": \"thompson\"", File.ReadAllText(PathOf("log/log.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void LogsAreTheSameOnAnyNumberOfThreads()
    {
        string[] command = ["simulate", "random", "--env", "popular", "--iterations", "2", "--set", "users=400000", "--set", "items=5000", "--set", "slateSize=3"];
        Run([.. command, "--log", "one", "--threads", "1"]).Succeeded();
        Run([.. command, "--log", "two", "--threads", "2"]).Succeeded();

        foreach (var name in Iterations("one"))
            Assert.Equal(File.ReadAllBytes(PathOf("one/" + name)), File.ReadAllBytes(PathOf("two/" + name)));
    }

    [Fact]
    public void AKilledSimulationLeavesWholeRoundsAndGoesOn()
    {
        // Killed three times, each time a little later in a round than before; then every round is the one of a run that was never killed.
        string[] agent = ["ucb", "--env", "popular", .. Small];
        for (var kill = 0; kill < 3; kill++)
        {
            var before = kill == 0 ? 0 : Iterations("log").Count;
            using var process = RecDeepRLProcess.Start(Folder, ["simulate", .. agent, "--iterations", "10000000", "--log", "log", .. kill == 0 ? Array.Empty<string>() : GoOn]);
            WaitForIterations(process, before + 3);
            Thread.Sleep(7 * kill);
            process.Kill();
            process.WaitForExit();
        }
        Run(["simulate", .. agent, "--iterations", "2", "--log", "log", .. GoOn]).Succeeded();
        var names = Iterations("log");
        Run(["simulate", .. agent, "--iterations", names.Count.ToString(CultureInfo.InvariantCulture), "--log", "whole"]).Succeeded();

        Assert.Equal(Enumerable.Range(0, names.Count).Select(iteration => $"iteration-{iteration:D8}.parquet"), names);
        Assert.Empty(Directory.GetFiles(PathOf("log"), "*.part"));
        foreach (var name in names)
            Assert.True(File.ReadAllBytes(PathOf("whole/" + name)).SequenceEqual(File.ReadAllBytes(PathOf("log/" + name))), $"{name} differs");
    }

    [Fact]
    public void CtrlCEndsCleanlyWithALogThatGoesOn()
    {
        using var process = RecDeepRLProcess.Start(Folder, ["simulate", "ucb", "--env", "popular", "--iterations", "10000000", "--log", "log", .. Small]);
        WaitForIterations(process, 2);
        RecDeepRLProcess.Interrupt(process);
        var result = RecDeepRLProcess.Finish(process);

        Assert.Equal(130, result.ExitCode);
        Assert.Equal("", result.Error);
        Assert.Contains("go on with: --log log --append --warm-start log", result.Output, StringComparison.Ordinal);
        Assert.Equal(Iterations("log").Count, File.ReadLines(PathOf("log/metrics.csv")).Count() - 1);
        Run(["simulate", "random", "--env", "popular", "--iterations", "1", "--log", "log", "--append", .. Small]).Succeeded();
    }

    [Fact]
    public void TrainingCanStartFromALog()
    {
        Run(["simulate", "random", "--env", "popular", "--iterations", "30", "--log", "log", .. Small]).Succeeded();

        Run(["train", "greedy", "--env", "popular", "--iterations", "2", "--warm-start", "log", "--out", "warm", .. Small]).Succeeded();
        Run(["train", "greedy", "--env", "popular", "--iterations", "2", "--out", "cold", .. Small]).Succeeded();

        var (warm, cold) = (Rows("warm"), Rows("cold"));
        Assert.Equal(["31", "32"], warm.Select(row => row[0]));
        Assert.True(Expected(warm[0]) > Expected(cold[0]), $"{warm[0][3]} after a warm start, {cold[0][3]} after a cold one");
        Run("evaluate", "warm", "--seeds", "1", "--threads", "1").Succeeded();
        Run("train", "--resume", "warm", "--iterations", "33", "--threads", "1").Succeeded();
        Run(["train", "greedy", "--config", "warm/config.json", "--out", "again", "--threads", "1"]).Succeeded();
        Assert.Equal(File.ReadAllBytes(PathOf("again/checkpoint-000032/agent.safetensors")), File.ReadAllBytes(PathOf("warm/checkpoint-000032/agent.safetensors")));
    }

    private static string[] GoOn { get; } = ["--append", "--warm-start", "log"];

    private List<string[]> Rows(string run) => [.. File.ReadLines(PathOf(run + "/metrics.csv")).Skip(1).Select(line => line.Split(','))];

    private static double Expected(string[] row) => double.Parse(row[3], CultureInfo.InvariantCulture);

    /// <summary>Names of the iterations' files; none where the log has not begun.</summary>
    private List<string> Iterations(string log)
    {
        var files = Directory.Exists(PathOf(log)) ? Directory.GetFiles(PathOf(log), "*.parquet") : [];
        return [.. files.Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
    }

    private void WaitForIterations(Process process, int count)
    {
        var watch = Stopwatch.StartNew();
        while (Iterations("log").Count < count)
        {
            Assert.False(process.HasExited, "the simulation ended before it was stopped");
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), "too few iterations within two minutes");
            Thread.Sleep(5);
        }
    }
}
