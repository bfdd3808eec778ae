namespace RecDeepRL.EndToEndTests;

/// <summary>A comparison that was carried out in one process.</summary>
public sealed class LocalComparison : WorkingFolder
{
    internal static readonly string[] Command = ["compare", "--env", "popular,drift", "--agents", "ucb,thompson", "--seeds", "2", "--iterations", "150", "--set", "users=200", "--insight"];

    public LocalComparison() => Run([.. Command, "--jobs", "2", "--out", "near"]).Succeeded();

    public string Path => PathOf("near");
}

public sealed class ClusterTests(LocalComparison near) : WorkingFolder, IClassFixture<LocalComparison>
{

    [Fact]
    public void AComparisonWhoseWorkerIsKilledLeavesTheFilesOfALocalOne()
    {
        var port = Workers.FreePorts(6);
        File.WriteAllText(PathOf("cluster.json"), $$"""{ "clusterId": "kill", "siloPort": {{port}}, "gatewayPort": {{port + 3}}, "workersPerMachine": 3, "failureSeconds": 8, "checkpointSeconds": 0 }""");
        using var workers = new Workers(Folder, PathOf("cluster.json"));
        // The first one keeps the list of all.
        workers.Start(1);
        workers.Start(2);

        CompareAndKill(workers, victim: 2);

        // A search, by those that are left: the start, one candidate more, and two seeds.
        var tuned = Run("tune", "ucb", "--search", "exploration=3", "--env", "popular", "--set", "users=60", "--iterations", "3", "--seeds", "2", "--halvings", "0", "--cluster", "cluster.json", "--out", "tuned.json").Succeeded();
        Assert.Contains("(4 runs now, 0 before)", tuned.Output, StringComparison.Ordinal);
        Assert.Equal(0, workers.Interrupt(1));
    }

    [SkippableFact]
    public void WithPostgresqlAnyWorkerMayBeKilled()
    {
        var programs = TemporaryPostgres.Find();
        Skip.If(programs is null, "PostgreSQL is not installed here, or cannot be run (Debian: apt-get install postgresql).");
        using var postgres = new TemporaryPostgres(programs!);
        var port = Workers.FreePorts(4);
        File.WriteAllText(PathOf("cluster.json"), $$"""{ "clustering": "postgresql", "connectionString": "{{postgres.ConnectionString}}", "siloPort": {{port}}, "gatewayPort": {{port + 2}}, "workersPerMachine": 2, "failureSeconds": 8 }""");
        Assert.StartsWith("made the tables", Run("cluster", "schema", "--cluster", "cluster.json").Succeeded().Output, StringComparison.Ordinal);
        using var workers = new Workers(Folder, PathOf("cluster.json"));
        workers.Start(2);

        CompareAndKill(workers, victim: 0);
    }

    [SkippableFact]
    public void WithRedisAnyWorkerMayBeKilled()
    {
        var program = TemporaryRedis.Find();
        Skip.If(program is null, "Redis is not installed here (Debian: apt-get install redis-server).");
        using var redis = new TemporaryRedis(program!);
        var port = Workers.FreePorts(4);
        File.WriteAllText(PathOf("cluster.json"), $$"""{ "clustering": "redis", "connectionString": "{{redis.ConnectionString}}", "siloPort": {{port}}, "gatewayPort": {{port + 2}}, "workersPerMachine": 2, "failureSeconds": 8 }""");
        Run("cluster", "schema", "--cluster", "cluster.json").IsAMistake("clustering redis, which needs no schema");
        using var workers = new Workers(Folder, PathOf("cluster.json"));
        workers.Start(2);

        CompareAndKill(workers, victim: 0);
    }

    private void CompareAndKill(Workers workers, int victim)
    {
        using (var process = RecDeepRLProcess.Start(Folder, [.. LocalComparison.Command, "--cluster", "cluster.json", "--out", "far"]))
        {
            workers.KillInARun(victim);
            var result = RecDeepRLProcess.Finish(process).Succeeded();
            Assert.Contains("8 of 8 runs in far", result.Output, StringComparison.Ordinal);
        }
        // The run that was killed began once more than it could finish.
        Assert.True(workers.RunsBegun > 8, $"{workers.RunsBegun} runs were begun");
        var far = PathOf("far");
        Assert.Equal(Names(near.Path), Names(far));
        foreach (var name in new[] { "statistics.json", "comparison.png", "comparison.svg" }.Concat(Names(far).Where(name => name.StartsWith("insight/", StringComparison.Ordinal))))
            Assert.Equal(File.ReadAllBytes(Path.Combine(near.Path, name)), File.ReadAllBytes(Path.Combine(far, name)));
        foreach (var name in new[] { "results.csv", "iterations.csv" })
            Assert.Equal(WithoutSeconds(Path.Combine(near.Path, name)), WithoutSeconds(Path.Combine(far, name)));
    }

    private static IEnumerable<string> Names(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/')).Order(StringComparer.Ordinal);

    private static List<string> WithoutSeconds(string path)
    {
        var lines = File.ReadAllLines(path);
        var place = Array.IndexOf(lines[0].Split(','), "seconds");
        Assert.True(place >= 0, $"{path} has no column seconds");
        return [.. lines.Select(line => string.Join(',', line.Split(',').Where((_, index) => index != place)))];
    }
}
