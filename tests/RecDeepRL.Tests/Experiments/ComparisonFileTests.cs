using RecDeepRL.Core;
using RecDeepRL.Experiments.Comparison;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Experiments;

public sealed class ComparisonFileTests
{
    [Fact]
    public void WhatWasWrittenIsRead()
    {
        using var folder = new TemporaryFolder();
        var pair = SmallRuns.Plan("thompson", "composed") with { AgentOptions = new Dictionary<string, string> { ["priorFailures"] = "3" } };
        var rows = new ComparisonRunner(SmallRuns.Registered, CPU, 1).Run(new ComparisonPlan { Pairs = [pair], Seeds = [1, 2] }, CancellationToken.None)
            .Select(row => row with { Seconds = 1.5 }).ToList();
        rows[0] = rows[0] with { EnvironmentOptions = """response=[{"kind":"constant"}];users=5""" };
        var path = folder.PathOf("results.csv");
        File.WriteAllText(path, ComparisonRow.Header + "\n" + string.Concat(rows.Select(row => row.ToCsv() + "\n")));

        Assert.Equal("priorFailures=3", rows[1].AgentOptions);
        Assert.Equal(rows, ComparisonFile.Read(path));
    }

    [Fact]
    public void AFileWithoutTheNewestColumnsIsRead()
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("results.csv");
        File.WriteAllText(
            path,
            """
            environment,agent,seed,final,final_expected,training_mean,random,best_fixed,oracle,seconds,final_explore,precision,training_expected,training_oracle,slate_size,iterations,source,device
            popular,ucb,3,0.75,0.74,0.7,0.4,0.75,0.75,0.1,0.7,0.75,0.7,0.75,1,20,data,cpu
            """);
        var row = Assert.Single(ComparisonFile.Read(path));
        Assert.Equal(("popular", "ucb", 3L, .75, "", 1.0, null), (row.Environment, row.Agent, row.Seed, row.Final, row.AgentOptions, row.Rounds, row.Myopic));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("a,b\n1,2\n", "has no column 'environment'")]
    public void AnotherFileIsRefused(string text, string complaint)
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("results.csv");
        File.WriteAllText(path, text);
        Assert.Contains(complaint, Assert.Throws<UserMistakeException>(() => ComparisonFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ABrokenLineIsNamed()
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("results.csv");
        File.WriteAllText(path, ComparisonRow.Header + "\npopular,ucb,three\n");
        Assert.Contains("line 2", Assert.Throws<UserMistakeException>(() => ComparisonFile.Read(path)).Message, StringComparison.Ordinal);
    }
}
