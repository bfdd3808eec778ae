using System.Globalization;

namespace RecDeepRL.EndToEndTests;

/// <summary>Users who come in sessions, from the command line.</summary>
public sealed class SessionsTests : WorkingFolder
{
    private static readonly string[] s_small = ["--set", "environment.users=60", "--set", "items=20"];

    [Fact]
    public void ARunTellsSessionsAndGoesOnAndIsEvaluated()
    {
        var output = Run(["train", "thompson", "--env", "sessions", "--iterations", "10", "--out", "run", .. s_small]).Succeeded().Output;
        foreach (var told in new[] { "responses/session", "rounds", "myopic oracle", "planning oracle", "sessions ended" })
            Assert.Contains(told, output, StringComparison.Ordinal);
        Assert.Contains("myopic,rounds", File.ReadLines(PathOf("run/evaluations.csv")).First(), StringComparison.Ordinal);
        Run("train", "--resume", "run", "--iterations", "12").Succeeded();
        Assert.Contains("planning oracle", Run("evaluate", "run", "--seeds", "2").Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void AComparisonSetsThePlanAboveTheMoment()
    {
        Run(["compare", "--env", "sessions", "--agents", "random,myopic,oracle", "--seeds", "2", "--iterations", "2", "--out", "table", .. s_small]).Succeeded();
        var rows = File.ReadAllLines(PathOf("table/results.csv")).Select(line => line.Split(',')).ToList();
        var (expected, rounds) = (Array.IndexOf(rows[0], "final_expected"), Array.IndexOf(rows[0], "rounds"));
        double Score(string agent) => rows.Where(row => row[1] == agent).Average(row => Number(row[expected]));
        Assert.True(Score("oracle") > Score("myopic"));
        Assert.All(rows.Skip(1), row => Assert.True(Number(row[rounds]) > 1));
        Assert.Contains("myopic oracle", File.ReadAllText(PathOf("table/summary.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void UsersPutTogetherInAFileChangeAndLeave()
    {
        File.WriteAllText(PathOf("mine.json"), """
            {
              "environment": {
                "name": "composed", "users": 60, "items": 20, "slateSize": 3, "sampling": 0.5, "sessionLimit": 8, "returnAfter": 2, "candidates": 10, "delay": 1,
                "choice": [{ "kind": "cascade", "continuation": 0.5 }],
                "dynamics": [{ "kind": "satiation", "topics": "item_feature_" }, { "kind": "patience", "budget": 2 }]
              }
            }
            """);
        var output = Run("train", "ucb", "--config", "mine.json", "--iterations", "12", "--out", "run").Succeeded().Output;
        Assert.Contains("responses/session", output, StringComparison.Ordinal);
        Run("train", "--resume", "run", "--iterations", "14").Succeeded();
        Run("train", "ucb", "--env", "composed", "--set", "dynamics=patience").IsAMistake("patience", "sessionLimit");
        Run("train", "ucb", "--env", "composed", "--set", "dynamics=satiation").IsAMistake("dynamics[0] (satiation)", "'topic:'");
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
