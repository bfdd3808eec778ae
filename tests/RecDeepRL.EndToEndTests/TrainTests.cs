using System.Text.Json;

namespace RecDeepRL.EndToEndTests;

public sealed class TrainTests : WorkingFolder
{
    [Theory]
    [InlineData("thompson", "popular")]
    [InlineData("linucb", "context")]
    [InlineData("neural-linucb", "drift")]
    [InlineData("ddpg", "context")]
    public void ARunLeavesEverythingThatItsUserNeeds(string agent, string environment)
    {
        var output = Run(["train", agent, "--env", environment, "--iterations", "4", "--device", "cpu", .. Small]).Succeeded().Output;

        Assert.Contains("iteration 4/4", output, StringComparison.Ordinal);
        Assert.Contains("users/s", output, StringComparison.Ordinal);
        Assert.Contains("left", output, StringComparison.Ordinal);
        foreach (var row in new[] { "random", "best fixed list", agent, "oracle", "regret", "Precision@1" })
            Assert.Contains(row, output, StringComparison.Ordinal);
        var run = PathOf($"checkpoints/{agent}-{environment}-seed1");
        foreach (var file in new[] { "config.json", "metrics.csv", "evaluations.csv", "diagnostics.csv", "run.log", "result.json", "learning-curve.png", "learning-curve.svg" })
            Assert.True(new FileInfo(Path.Combine(run, file)).Length > 0, file);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(run, "events")));
        Assert.Equal(5, File.ReadLines(Path.Combine(run, "metrics.csv")).Count());
        Assert.Equal(
            ["agent.safetensors", "environment.safetensors", "insight.json", "manifest.json"],
            Directory.GetFiles(Path.Combine(run, "checkpoint-000004")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void EvaluatingTheCheckpointGivesTheFinalScoreOfTheRun()
    {
        Run(["train", "epsilon-greedy", "--env", "popular", "--iterations", "5", "--out", "run", .. Small]).Succeeded();
        var final = JsonDocument.Parse(File.ReadAllText(PathOf("run/result.json"))).RootElement.GetProperty("exploit").GetProperty("meanResponses").GetDouble();

        var output = Run("evaluate", "run", "--seeds", "1").Succeeded().Output;

        var row = output.Split('\n').Single(line => line.Contains("epsilon-greedy ", StringComparison.Ordinal) && !line.Contains("exploring", StringComparison.Ordinal) && !line.Contains("after", StringComparison.Ordinal));
        Assert.Contains(final.ToString("F4", System.Globalization.CultureInfo.InvariantCulture), row, StringComparison.Ordinal);
        Assert.Contains("±", Run("evaluate", "run/checkpoint-000005", "--seeds", "3").Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void ARunThatGoesOnEqualsOneThatWasNotInterrupted()
    {
        Run(["train", "ddpg", "--env", "context", "--iterations", "6", "--out", "whole", .. Small]).Succeeded();
        Run(["train", "ddpg", "--env", "context", "--iterations", "3", "--out", "parts", .. Small]).Succeeded();
        Run("train", "--resume", "parts", "--iterations", "6", "--threads", "1").Succeeded();

        foreach (var file in new[] { "agent.safetensors", "environment.safetensors" })
            Assert.Equal(File.ReadAllBytes(PathOf($"whole/checkpoint-000006/{file}")), File.ReadAllBytes(PathOf($"parts/checkpoint-000006/{file}")));
        Assert.Equal(WithoutTimes("whole"), WithoutTimes("parts"));
    }

    [Fact]
    public void TheWrittenConfigurationRepeatsTheRun()
    {
        Run(["train", "ucb", "--env", "drift", "--seed", "5", "--iterations", "4", "--set", "exploration=0.5", "--out", "first", .. Small]).Succeeded();

        Run("train", "--config", "first/config.json", "--out", "second", "--threads", "1").Succeeded();

        Assert.Equal(File.ReadAllText(PathOf("first/config.json")), File.ReadAllText(PathOf("second/config.json")));
        Assert.Equal(WithoutTimes("first"), WithoutTimes("second"));
    }

    [Fact]
    public void ASecondRunOfTheSameNameGetsAFolderOfItsOwn()
    {
        for (var run = 0; run < 2; run++)
            Run(["train", "random", "--env", "popular", "--iterations", "1", .. Small]).Succeeded();

        Assert.True(Directory.Exists(PathOf("checkpoints/random-popular-seed1")));
        Assert.True(Directory.Exists(PathOf("checkpoints/random-popular-seed1-2")));
    }

    [SkippableTheory]
    [InlineData("task1", "5000 users, 10 items")]
    [InlineData("task2", "3000 users, 10 items")]
    [InlineData("task3", "5000 users, 10 items")]
    [InlineData("task4", "6040 users, 1000 items")]
    public void TheOriginalsDataIsReadInPlace(string environment, string size)
    {
        var data = Environment.GetEnvironmentVariable("RECDEEPRL_DATA") ?? Path.GetFullPath(Path.Combine(RecDeepRLProcess.Root, "..", "shared", "airi-2023"));
        Skip.IfNot(Directory.Exists(data), $"The original's data is not at {data}; set RECDEEPRL_DATA to its folder.");

        var output = Run("train", "thompson", "--env", environment, "--data", data, "--iterations", "2", "--out", "run", "--threads", "1").Succeeded().Output;

        Assert.Contains(size, output, StringComparison.Ordinal);
        Run("evaluate", "run", "--seeds", "1", "--threads", "1").Succeeded();
    }

    [Fact]
    public void AnExistingLibtorchCanBeLoadedInPlaceOfThePackages()
    {
        var native = Path.Combine(Path.GetDirectoryName(RecDeepRLProcess.Program)!, "runtimes", "linux-x64", "native");
        // A copy under another path: were the package's libtorch loaded as well, its operators would be registered twice and the process would abort.
        Directory.CreateDirectory(PathOf("libtorch"));
        foreach (var file in Directory.GetFiles(native, "*.so*"))
            File.Copy(file, PathOf("libtorch/" + Path.GetFileName(file)));

        Run(["train", "random", "--env", "popular", "--iterations", "1", "--libtorch", "libtorch", .. Small]).Succeeded();
        Run(["train", "random", "--env", "popular", "--iterations", "1", "--libtorch", Folder, .. Small]).IsAMistake("libtorch_cpu.so");
    }

    private IEnumerable<string> WithoutTimes(string run) =>
        File.ReadLines(PathOf(run + "/metrics.csv")).Select(line => line[..line.LastIndexOf(',')]);
}
