namespace RecDeepRL.EndToEndTests;

public sealed class CompareTests : WorkingFolder
{
    [Fact]
    public void WithoutNamesAConfigurationSaysWhatIsCompared()
    {
        File.WriteAllText(PathOf("one.json"), """{ "environment": { "name": "popular", "users": 50 }, "agent": { "name": "ucb", "exploration": 3 } }""");
        File.WriteAllText(PathOf("other.json"), """{ "agent": { "name": "greedy" } }""");
        string[] command = ["compare", "--config", "one.json", "--config", "other.json", "--seeds", "1", "--iterations", "1"];

        Run([.. command, "--out", "named"]).Succeeded();
        Assert.Equal(["popular,ucb,exploration=3", "popular,greedy,"], Pairs("named"));
        Run([.. command, "--agents", "random,ucb", "--out", "chosen"]).Succeeded();
        Assert.Equal(["popular,random,", "popular,ucb,exploration=3"], Pairs("chosen"));
        // Options that would go nowhere are not passed over.
        Run([.. command, "--agents", "random", "--out", "other"]).IsAMistake("'one.json' sets exploration of the agent 'ucb', which is not compared. Name it with --agents, or leave the file out.");
        Run([.. command, "--env", "drift", "--out", "other"]).IsAMistake("'one.json' sets users of the environment 'popular', which is not compared. Name it with --env, or leave the file out.");
        Assert.False(Directory.Exists(PathOf("other")));

        IEnumerable<string> Pairs(string folder)
        {
            var lines = File.ReadAllLines(PathOf(folder + "/results.csv")).Select(line => line.Split(',')).ToList();
            int[] columns = [.. new[] { "environment", "agent", "agent_options" }.Select(name => Array.IndexOf(lines[0], name))];
            return lines.Skip(1).Select(line => string.Join(',', columns.Select(column => line[column])));
        }
    }

    [Fact]
    public void ResultsHaveARowForEveryEnvironmentAgentAndSeed()
    {
        var output = Run("compare", "--env", "popular,task2", "--agents", "random,thompson,linucb,oracle", "--seeds", "2", "--iterations", "3", "--set", "users=200", "--out", "table").Succeeded().Output;

        var rows = File.ReadAllLines(PathOf("table/results.csv")).Select(line => line.Split(',')).ToList();
        Assert.Equal(["environment", "agent", "seed", "final", "final_expected", "training_mean", "random", "best_fixed", "oracle", "seconds"], rows[0].Take(10));
        Assert.Equal(
            from environment in new[] { "popular", "context" } from agent in new[] { "random", "thompson", "linucb", "oracle" } from seed in new[] { "1", "2" } select (environment, agent, seed),
            rows.Skip(1).Select(row => (row[0], row[1], row[2])));
        Assert.All(rows.Skip(1).Where(row => row[1] == "oracle"), row => Assert.Equal(Number(row[8]), Number(row[4]), 1e-6));
        Assert.Contains("popular", output, StringComparison.Ordinal);
        var summary = File.ReadAllText(PathOf("table/summary.md"));
        Assert.Contains("±", summary, StringComparison.Ordinal);
        Assert.Contains("| against the best |", summary, StringComparison.Ordinal);
        Assert.Contains("the highest score is that of", output, StringComparison.Ordinal);
        Assert.True(new FileInfo(PathOf("table/comparison.png")).Length > 0);
    }

    [Fact]
    public void TheSameCommandRunsNothingAgainAndAnotherPlanOrASecondProcessIsRefused()
    {
        string[] command = ["compare", "--env", "popular", "--agents", "random", "--seeds", "1", "--iterations", "1", "--out", "table"];
        Run([.. command, "--set", "users=50"]).Succeeded();
        var before = Files("table");

        Assert.Contains("1 of them are finished already, 0 are left", Run([.. command, "--set", "users=50"]).Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal(before, Files("table"));
        using (new FileStream(PathOf("table/.lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            Run([.. command, "--set", "users=50"]).IsAMistake("'table'", "Another process");
        Run([.. command, "--set", "users=60"]).IsAMistake("'table' holds another comparison", "environment.users was 50, is now 60", "--out");
        Assert.Equal(before, Files("table"));
    }

    [Fact]
    public void AKilledComparisonGoesOnToTheSameFiles()
    {
        string[] command = ["compare", "--env", "popular,drift", "--agents", "ucb,thompson", "--sweep", "ucb.exploration=1,2", "--seeds", "4", "--iterations", "120", "--set", "users=200", "--jobs", "2", "--out", "table"];
        var (killed, whole) = (Directory.CreateDirectory(PathOf("killed")).FullName, Directory.CreateDirectory(PathOf("whole")).FullName);
        using (var process = RecDeepRLProcess.Start(killed, command))
        {
            var cells = Path.Combine(killed, "table", "cells");
            var watch = System.Diagnostics.Stopwatch.StartNew();
            while (!Directory.Exists(cells) || Directory.GetFiles(cells, "*.json").Length < 3)
            {
                Assert.False(process.HasExited, "the comparison ended before it was killed");
                Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), "no three cells within two minutes");
                Thread.Sleep(10);
            }
            process.Kill();
            process.WaitForExit();
            Assert.InRange(Directory.GetFiles(cells, "*.json").Length, 3, 23);
        }

        Assert.Contains("are finished already", RecDeepRLProcess.Run(killed, command).Succeeded().Output, StringComparison.Ordinal);
        RecDeepRLProcess.Run(whole, command).Succeeded();

        Assert.Equal(24, Directory.GetFiles(Path.Combine(whole, "table", "cells")).Length);
        Assert.Equal(Names(whole), Names(killed));
        foreach (var name in new[] { "compare.json", "statistics.json", "comparison.png", "comparison.svg" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "table", name)), File.ReadAllBytes(Path.Combine(killed, "table", name)));
        foreach (var name in new[] { "results.csv", "iterations.csv" })
            Assert.Equal(WithoutColumn(Path.Combine(whole, "table", name), "seconds"), WithoutColumn(Path.Combine(killed, "table", name), "seconds"));

        static IEnumerable<string> Names(string folder) => Directory.EnumerateFileSystemEntries(Path.Combine(folder, "table"), "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path)).Order(StringComparer.Ordinal);
    }

    [Fact]
    public void InsightIsKeptOfTheFirstSeedAndMayBeAddedLater()
    {
        string[] command = ["compare", "--env", "popular,context", "--agents", "ucb,linucb,oracle", "--seeds", "2", "--iterations", "4", "--set", "users=60", "--out", "table"];
        Run(command).Succeeded();
        var (before, report) = (WithoutColumn(PathOf("table/iterations.csv"), "seconds"), PathOf("table/report.md"));
        Run("report", "table", "--format", "md").Succeeded();
        Assert.DoesNotContain("Inside the agents", File.ReadAllText(report), StringComparison.Ordinal);

        Assert.Contains("4 of the finished ones are run again, to be looked into", Run([.. command, "--insight"]).Succeeded().Output, StringComparison.Ordinal);
        var insights = Directory.GetFiles(PathOf("table/insight")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(["context-linucb-seed1", "context-ucb-seed1", "popular-linucb-seed1", "popular-ucb-seed1"], insights.Select(name => name[..name.LastIndexOf('-')]));
        Assert.Equal(before, WithoutColumn(PathOf("table/iterations.csv"), "seconds"));
        Assert.DoesNotContain("run again", Run([.. command, "--insight"]).Succeeded().Output, StringComparison.Ordinal);

        Run("report", "table", "--format", "md").Succeeded();
        var text = File.ReadAllText(report);
        // Charts of several agents have names of their own, or files would replace each other.
        var drawn = Run("report", "table", "--plots", "figures", "--out", "figures.html").Succeeded().Output;
        Assert.Contains($"drew {Directory.GetFiles(PathOf("figures"), "*.svg").Length} charts", drawn, StringComparison.Ordinal);
        Assert.Contains(Directory.GetFiles(PathOf("figures"), "*.svg"), path => Path.GetFileName(path) == "environment-2-inside-2-shares.svg");
        Assert.Equal(2, text.Split("## Inside the agents: ").Length - 1);
        Assert.Contains("What it recommended most", Run("insight", $"table/insight/{insights[0]}", "--no-pictures").Succeeded().Output, StringComparison.Ordinal);

        Run("insight", $"table/insight/{insights[0]}").Succeeded();
        Assert.NotEmpty(Directory.GetFiles(PathOf($"table/insight/{Path.GetFileNameWithoutExtension(insights[0])}"), "*.png"));
        Assert.Equal(4, Directory.GetFiles(PathOf("table/insight")).Length);

        File.WriteAllText(PathOf($"table/insight/{insights[0]}"), "{");
        Run("report", "table", "--format", "md").IsAMistake(insights[0], "damaged");
    }

    [Fact]
    public void ASweepMakesAVariantOfEveryPairThatHasTheOption()
    {
        Run("compare", "--env", "popular,drift", "--agents", "ucb,random", "--sweep", "exploration=0.1..10:logx3", "--sweep", "popular.users=50,60", "--seeds", "1", "--iterations", "1", "--set", "drift.users=50", "--out", "table").Succeeded();

        var rows = File.ReadAllLines(PathOf("table/results.csv")).Skip(1).Select(line => line.Split(',')).ToList();
        // Three of ucb and one of random, in popular twice and in drift once.
        Assert.Equal(
            [("drift", "users=50", 4), ("popular", "users=50", 4), ("popular", "users=60", 4)],
            rows.GroupBy(row => (row[0], row[^1])).Select(group => (group.Key.Item1, group.Key.Item2, group.Count())).Order());
        Assert.Equal(["", "exploration=0.1", "exploration=1", "exploration=10"], rows.Select(row => row[^2]).Distinct().Order(StringComparer.Ordinal));

        Run("compare", "--agents", "random", "--sweep", "exploration=1,2", "--out", "other").IsAMistake("exploration");
        Run("compare", "--agents", "ucb", "--sweep", "exploration=1,-2", "--out", "other").IsAMistake("exploration was -2");
        Run("compare", "--agents", "ucb", "--sweep", "exploration", "--out", "other").IsAMistake("--sweep was 'exploration'", "key=a,b,c");
        Assert.False(Directory.Exists(PathOf("other")));
    }

    [Fact]
    public void ASettingReachesEveryAgentOrEnvironmentThatItNames()
    {
        Run("compare", "--env", "popular", "--agents", "ucb,greedy", "--seeds", "1", "--iterations", "1", "--set", "popular.users=50", "--set", "ucb.exploration=1", "--out", "table").Succeeded();
        Run("compare", "--env", "popular", "--agents", "greedy", "--set", "ucb.exploration=1", "--out", "other").IsAMistake("ucb", "not part of this run");

        Assert.False(Directory.Exists(PathOf("other")));
    }

    /// <summary>Every file of a folder with its text, without the log, which tells of every start.</summary>
    private List<(string Name, string Text)> Files(string folder) =>
        [.. Directory.EnumerateFiles(PathOf(folder), "*", SearchOption.AllDirectories).Where(path => !path.EndsWith(".log", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(path => (path, File.ReadAllText(path)))];

    /// <summary>Lines of a CSV file without one column, which has no quotes before it.</summary>
    private static List<string> WithoutColumn(string path, string column)
    {
        var lines = File.ReadAllLines(path);
        var place = Array.IndexOf(lines[0].Split(','), column);
        Assert.True(place >= 0, $"{path} has no column {column}");
        return [.. lines.Select(line => string.Join(',', line.Split(',').Where((_, index) => index != place)))];
    }

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
