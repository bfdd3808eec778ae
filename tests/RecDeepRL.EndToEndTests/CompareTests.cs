namespace RecDeepRL.EndToEndTests;

public sealed class CompareTests : WorkingFolder
{
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
        Assert.Contains("±", File.ReadAllText(PathOf("table/summary.md")), StringComparison.Ordinal);
        Assert.True(new FileInfo(PathOf("table/comparison.png")).Length > 0);
    }

    [Fact]
    public void AComparisonNeverOverwritesAnother()
    {
        string[] command = ["compare", "--env", "popular", "--agents", "random", "--seeds", "1", "--iterations", "1", "--set", "users=50", "--out", "table"];
        Run(command).Succeeded();
        var before = File.ReadAllText(PathOf("table/results.csv"));

        Run(command).IsAMistake("results.csv", "never overwrites");

        Assert.Equal(before, File.ReadAllText(PathOf("table/results.csv")));
    }

    [Fact]
    public void ASettingReachesEveryAgentOrEnvironmentThatItNames()
    {
        Run("compare", "--env", "popular", "--agents", "ucb,greedy", "--seeds", "1", "--iterations", "1", "--set", "popular.users=50", "--set", "ucb.exploration=1", "--out", "table").Succeeded();
        Run("compare", "--env", "popular", "--agents", "greedy", "--set", "ucb.exploration=1", "--out", "other").IsAMistake("ucb", "not part of this run");

        Assert.False(Directory.Exists(PathOf("other")));
    }

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
