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

        Run("table", "results", "--into", "page.md").Succeeded();
        Assert.Equal(page, File.ReadAllText(PathOf("page.md")));
    }

    [Fact]
    public void MistakesAreOneLineAndLeaveNothing()
    {
        Run("tune", "ucb", "--search", "exploration=-1,1").IsAMistake("exploration", "at least 0");
        Run("tune", "ucb", "--search", "explore=1,2").IsAMistake("explore", "exploration");
        Run("tune", "ucb", "--search", "exploration=1", "--search", "exploration=2").IsAMistake("exploration", "more than once");
        Run("tune", "ucb", "--search", "exploration=1,2", "--metric", "luck").IsAMistake("luck");
        Run("tune", "ucb", "--search", "exploration=1,2", "--budget", "0").IsAMistake("--budget", "at least 1");
        Run("compare", "--env", "popular", "--agents", "ucb", "--tuned", "nowhere").IsAMistake("nowhere");
        Run("table", "nowhere").IsAMistake("nowhere");
        Assert.Empty(Directory.EnumerateFileSystemEntries(Folder));
    }
}
