namespace RecDeepRL.EndToEndTests;

public sealed class TuneTests : WorkingFolder
{
    private static readonly string[] s_small = ["--set", "users=100", "--iterations", "3", "--seeds", "2", "--halvings", "1", "--jobs", "1"];

    [Fact]
    public void WhatIsFoundIsWrittenAndUsed()
    {
        string[] command = ["tune", "ucb", "--env", "popular", "--search", "exploration=0.1,1,3", "--budget", "4", .. s_small];
        Assert.Contains("ahead of the start", Run(command).Succeeded().Output, StringComparison.Ordinal);
        var path = PathOf("configs/tuned/popular/ucb.json");
        Assert.Contains("\"command\": \"dotnet run -- tune ucb --env popular --search exploration=0.1,1,3", File.ReadAllText(path), StringComparison.Ordinal);

        Run(command).IsAMistake("ucb.json", "--force");
        File.WriteAllText(path, """{ "agent": { "name": "ucb", "exploration": 7 }, "tuned": { "command": "by hand" } }""");
        Run(["train", "ucb", "--env", "popular", "--config", path, "--iterations", "1", "--out", "run", .. Small]).Succeeded();
        Run("compare", "--env", "popular", "--agents", "ucb,greedy", "--tuned", "configs/tuned", "--seeds", "1", "--iterations", "1", "--set", "users=50", "--out", "table").Succeeded();

        Assert.Contains("\"exploration\": 7", File.ReadAllText(PathOf("run/config.json")), StringComparison.Ordinal);
        Assert.Contains(",exploration=7,", File.ReadAllText(PathOf("table/results.csv")), StringComparison.Ordinal);
    }

    [Fact]
    public void AKilledSearchGoesOnAndFindsTheSame()
    {
        string[] Command(string output) =>
            ["tune", "ucb", "--env", "popular", "--search", "exploration=0.01..4:log", "--search", "selection=sampled,virtual", "--budget", "6", "--seeds", "4", "--halvings", "1", "--set", "users=100", "--iterations", "3", "--jobs", "1", "--out", output];
        var whole = Run(Command("whole.json")).Succeeded();
        // 6 candidates with 2 seeds each; then the better 3, and the start where it is none of them, with 2 more.
        Assert.Matches(@"\((18|20) runs now, 0 before\)", whole.Output);

        using (var process = RecDeepRLProcess.Start(Folder, Command("killed.json")))
        {
            var cells = PathOf("killed.tuning/cells");
            while (!process.HasExited && (!Directory.Exists(cells) || Directory.GetFiles(cells, "*.json").Length < 3))
                Thread.Sleep(5);
            process.Kill();
            process.WaitForExit();
        }
        Assert.False(File.Exists(PathOf("killed.json")));
        var before = Directory.GetFiles(PathOf("killed.tuning/cells"), "*.json").ToDictionary(path => path, File.GetLastWriteTimeUtc);
        Assert.NotEmpty(before);

        var goneOn = Run(Command("killed.json")).Succeeded();

        Assert.Contains($"{before.Count} before)", goneOn.Output, StringComparison.Ordinal);
        Assert.All(before, one => Assert.Equal(one.Value, File.GetLastWriteTimeUtc(one.Key)));
        Assert.Equal(File.ReadAllText(PathOf("whole.tuning/candidates.csv")), File.ReadAllText(PathOf("killed.tuning/candidates.csv")));
        Assert.Equal(File.ReadAllText(PathOf("whole.json")).Replace("whole.json", "killed.json", StringComparison.Ordinal), File.ReadAllText(PathOf("killed.json")));
        Assert.All(["importance", "effect-exploration", "effect-selection"], name => Assert.True(File.Exists(PathOf($"killed.tuning/{name}.png")) && File.Exists(PathOf($"killed.tuning/{name}.svg")), name));
        Assert.Contains("\"importance\": {", File.ReadAllText(PathOf("whole.json")), StringComparison.Ordinal);
        Assert.Matches("\"importanceForetells\": -?[0-9.]+\\n", File.ReadAllText(PathOf("whole.json")));

        // Nothing is run again for the same search; a larger one runs what is new.
        Assert.Contains("(0 runs now,", Run([.. Command("killed.json"), "--force"]).Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void TablesOfSeveralComparisonsGoIntoAPage()
    {
        string[] compare = ["compare", "--env", "popular", "--seeds", "2", "--iterations", "2", "--set", "users=50"];
        Run([.. compare, "--agents", "random", "--out", "results/one"]).Succeeded();
        Run([.. compare, "--agents", "greedy", "--out", "results/two"]).Succeeded();
        File.WriteAllText(PathOf("page.md"), "before\n<!-- table results -->\nold\n<!-- end results -->\nafter\n");

        Run("table", "results", "--into", "page.md").Succeeded();
        var page = File.ReadAllText(PathOf("page.md"));
        Assert.StartsWith("before\n<!-- table results -->\n", page, StringComparison.Ordinal);
        Assert.EndsWith("<!-- end results -->\nafter\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain("old", page, StringComparison.Ordinal);
        Assert.Contains("| random | 2 |", page, StringComparison.Ordinal);
        Assert.Contains("| greedy | 2 |", page, StringComparison.Ordinal);
        Assert.DoesNotContain("against the best", page, StringComparison.Ordinal);
        Assert.Contains("| against the best |", Run("table", "results/two").Succeeded().Output, StringComparison.Ordinal);

        Run("table", "results", "--into", "page.md").Succeeded();
        Assert.Equal(page, File.ReadAllText(PathOf("page.md")));

        var ofAgent = Run("table", "results", "--agent", "greedy").Succeeded().Output;
        Assert.Contains("| popular, users=50, 2 iterations | 2 |", ofAgent, StringComparison.Ordinal);
        Assert.DoesNotContain("random", ofAgent, StringComparison.Ordinal);
        Run("table", "results", "--agent", "ucb").IsAMistake("'ucb'", "greedy, random");
    }

    [Fact]
    public void MistakesAreOneLineAndLeaveNothing()
    {
        Run("tune", "ucb", "--search", "exploration=-1,1").IsAMistake("exploration", "at least 0");
        Run("tune", "ucb", "--search", "explore=1,2").IsAMistake("explore", "exploration");
        Run("tune", "ucb", "--search", "exploration=1", "--search", "exploration=2").IsAMistake("exploration", "more than once");
        Run("tune", "ucb", "--search", "exploration=1,2", "--metric", "luck").IsAMistake("luck");
        Run("tune", "ucb", "--search", "exploration=1,2", "--budget", "0").IsAMistake("--budget", "[1, 1000000]");
        Run("compare", "--env", "popular", "--agents", "ucb", "--tuned", "nowhere").IsAMistake("nowhere");
        Run("table", "nowhere").IsAMistake("nowhere");
        Assert.Empty(Directory.EnumerateFileSystemEntries(Folder));
    }
}
