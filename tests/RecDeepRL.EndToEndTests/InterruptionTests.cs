using System.Diagnostics;

namespace RecDeepRL.EndToEndTests;

public sealed class InterruptionTests : WorkingFolder
{
    [Fact]
    public void CtrlCEndsCleanlyWithACheckpointThatCanBeUsed()
    {
        using var process = StartLongRun();
        WaitForRounds(process);
        RecDeepRLProcess.Interrupt(process);
        var result = RecDeepRLProcess.Finish(process);

        Assert.Equal(130, result.ExitCode);
        Assert.Contains("go on with: train --resume run", result.Output, StringComparison.Ordinal);
        Assert.Equal("", result.Error);
        var rounds = File.ReadLines(PathOf("run/metrics.csv")).Count() - 1;
        Assert.True(Directory.Exists(PathOf($"run/checkpoint-{rounds:D6}")));
        Run("evaluate", "run", "--seeds", "1", "--threads", "1").Succeeded();
        Run("train", "--resume", "run", "--iterations", (rounds + 2).ToString(System.Globalization.CultureInfo.InvariantCulture), "--threads", "1").Succeeded();
    }

    [Fact]
    public void AKilledRunGoesOnFromItsNewestCheckpoint()
    {
        using (var process = StartLongRun())
        {
            WaitForRounds(process);
            process.Kill();
            process.WaitForExit();
        }
        Run("train", "--resume", "run", "--iterations", "3000", "--checkpoint-every", "0", "--threads", "1").Succeeded();
        Run(["train", "ucb", "--env", "popular", "--iterations", "3000", "--evaluate-every", "0", "--out", "whole", .. Small]).Succeeded();

        Assert.Equal(File.ReadAllBytes(PathOf("whole/checkpoint-003000/agent.safetensors")), File.ReadAllBytes(PathOf("run/checkpoint-003000/agent.safetensors")));
        Assert.Equal(File.ReadAllBytes(PathOf("whole/checkpoint-003000/environment.safetensors")), File.ReadAllBytes(PathOf("run/checkpoint-003000/environment.safetensors")));
    }

    [Fact]
    public void ASecondProcessOnTheSameRunIsRefused()
    {
        using var process = StartLongRun();
        WaitForRounds(process);

        Run("train", "--resume", "run").IsAMistake("run", "Another process");

        process.Kill();
        process.WaitForExit();
    }

    /// <summary>So many rounds that it is still busy when the test acts.</summary>
    private Process StartLongRun() => RecDeepRLProcess.Start(
        Folder, ["train", "ucb", "--env", "popular", "--iterations", "10000000", "--evaluate-every", "0", "--checkpoint-every", "20", "--out", "run", .. Small]);

    private void WaitForRounds(Process process)
    {
        var watch = Stopwatch.StartNew();
        // The first checkpoint is whole once a second one exists beside it.
        while (!Directory.Exists(PathOf("run")) || Directory.GetDirectories(PathOf("run"), "checkpoint-*").Length < 2)
        {
            Assert.False(process.HasExited, "the run ended before it was interrupted");
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), "no checkpoint within two minutes");
            Thread.Sleep(20);
        }
    }
}
