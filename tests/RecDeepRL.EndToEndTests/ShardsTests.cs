using System.Diagnostics;
using System.Text.Json;
using ParquetSharp;

namespace RecDeepRL.EndToEndTests;

/// <summary>A run in one process, to hold divided ones against.</summary>
public sealed class UndividedRun : WorkingFolder
{
    internal static readonly string[] Command = ["train", "thompson", "--env", "popular", "--set", "users=3000", "--iterations", "400", "--checkpoint-every", "25", "--evaluate-every", "100"];

    public UndividedRun() => Run([.. Command, "--device", "cpu", "--out", "one"]).Succeeded();

    public string Path => PathOf("one");
}

/// <summary>A run that is divided among worker processes, which are killed.</summary>
public sealed class ShardsTests(UndividedRun one) : WorkingFolder, IClassFixture<UndividedRun>
{
    [SkippableFact]
    public void WorkersAndClientsMayBeKilledAndTheRunIsTheSame()
    {
        var programs = TemporaryPostgres.Find();
        Skip.If(programs is null, "PostgreSQL is not installed here, or cannot be run (Debian: apt-get install postgresql).");
        using var postgres = new TemporaryPostgres(programs!);
        var port = Workers.FreePorts(12);
        File.WriteAllText(PathOf("cluster.json"), $$"""{ "clustering": "postgresql", "connectionString": "{{postgres.ConnectionString}}", "siloPort": {{port}}, "gatewayPort": {{port + 6}}, "workersPerMachine": 6, "failureSeconds": 8 }""");
        Run("cluster", "schema", "--cluster", "cluster.json").Succeeded();
        using var workers = new Workers(Folder, PathOf("cluster.json"));
        workers.Start(3, cells: 2);
        string[] cluster = ["--cluster", "cluster.json", "--shards", "3", "--log", "log"];

        // A worker that holds a shard.
        using (var client = RecDeepRLProcess.Start(Folder, [.. UndividedRun.Command, .. cluster, "--out", "run"]))
        {
            WaitForRounds(client, 30 + Random.Shared.Next(80));
            workers.Kill(workers.HaveHeldShards[Random.Shared.Next(workers.HaveHeldShards.Count)]);
            WaitForRounds(client, 200);
            // The client too.
            client.Kill();
            client.WaitForExit();
        }
        Assert.Contains("was lost with its worker", File.ReadAllText(PathOf("run/run.log")), StringComparison.Ordinal);
        Assert.NotEqual(400, Rounds());

        // The whole cluster: those who are left end, others come in their place.
        using (var client = RecDeepRLProcess.Start(Folder, ["train", "--resume", "run", .. cluster]))
        {
            WaitForRounds(client, 260);
            foreach (var worker in Enumerable.Range(0, 3))
                workers.Kill(worker);
            workers.Start(2, cells: 2);
            var result = RecDeepRLProcess.Finish(client).Succeeded();
            Assert.Contains("the run goes on from checkpoint-", result.Output + result.Error, StringComparison.Ordinal);
        }

        AssertSameRun();
        AssertTotals();
        // Whoever trained on shards can go on in one place.
        Run("train", "--resume", "run", "--iterations", "401", "--device", "cpu").Succeeded();
        AssertShardsLearn();
    }

    /// <summary>One shard learns what one process learns, byte for byte, and several learn together.</summary>
    private void AssertShardsLearn()
    {
        string[] command = ["train", "dqn", "--env", "context", "--set", "users=600", "--iterations", "3"];
        Run([.. command, "--device", "cpu", "--out", "alone"]).Succeeded();
        foreach (var shards in new[] { "1", "3" })
            Assert.Contains("the agent learns there", Run([.. command, "--cluster", "cluster.json", "--shards", shards, "--merge", "gradients", "--out", "learned-" + shards]).Succeeded().Output, StringComparison.Ordinal);
        foreach (var file in new[] { "agent.safetensors", "environment.safetensors" })
            Assert.Equal(File.ReadAllBytes(PathOf($"alone/checkpoint-000003/{file}")), File.ReadAllBytes(PathOf($"learned-1/checkpoint-000003/{file}")));
        Assert.Equal(File.ReadAllText(PathOf("alone/diagnostics.csv")), File.ReadAllText(PathOf("learned-1/diagnostics.csv")));
        Assert.Equal(3 * 3, File.ReadLines(PathOf("learned-3/shards.csv")).Count() - 1);
    }

    private void AssertSameRun()
    {
        foreach (var file in new[] { "agent.safetensors", "environment.safetensors" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(one.Path, "checkpoint-000400", file)), File.ReadAllBytes(PathOf($"run/checkpoint-000400/{file}")));
        // Sums of expectations over users are taken in another order.
        Assert.Equal(Columns(Path.Combine(one.Path, "metrics.csv"), "iteration", "users", "mean_responses"), Columns(PathOf("run/metrics.csv"), "iteration", "users", "mean_responses"));
        Assert.Equal(File.ReadAllText(Path.Combine(one.Path, "diagnostics.csv")), File.ReadAllText(PathOf("run/diagnostics.csv")));
        Assert.Equal(3 * 400, File.ReadLines(PathOf("run/shards.csv")).Count() - 1);
    }

    /// <summary>No response was lost or counted twice: metrics, checkpoint and log agree.</summary>
    private void AssertTotals()
    {
        using var manifest = JsonDocument.Parse(File.ReadAllText(PathOf("run/checkpoint-000400/manifest.json")));
        var totals = manifest.RootElement.GetProperty("totals");
        var files = Directory.EnumerateFiles(PathOf("log"), "iteration-*.parquet", SearchOption.AllDirectories).ToList();
        Assert.Equal(3 * 400, files.Count);
        var (rows, responses) = (0L, 0.0);
        foreach (var path in files)
        {
            using var file = new ParquetFileReader(path);
            for (var index = 0; index < file.FileMetaData.NumRowGroups; index++)
            {
                using var group = file.RowGroup(index);
                using var column = group.Column(3).LogicalReader<float>();
                var read = column.ReadAll(checked((int)group.MetaData.NumRows));
                rows += read.Length;
                responses += read.Sum(response => (double)response);
            }
        }
        Assert.Equal(totals.GetProperty("users").GetInt64(), rows);
        Assert.Equal(totals.GetProperty("responses").GetDouble(), responses);
    }

    private void WaitForRounds(Process client, int rounds)
    {
        var watch = Stopwatch.StartNew();
        while (Rounds() < rounds)
        {
            if (client.HasExited)
                Assert.Fail($"the run ended before it was disturbed: {client.StandardOutput.ReadToEnd()} {client.StandardError.ReadToEnd()}");
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), $"the run had {Rounds()} rounds within two minutes");
            Thread.Sleep(5);
        }
    }

    private int Rounds() => File.Exists(PathOf("run/metrics.csv")) ? File.ReadLines(PathOf("run/metrics.csv")).Count() - 1 : 0;

    private static List<string> Columns(string path, params string[] names)
    {
        var lines = File.ReadAllLines(path);
        var places = names.Select(name => Array.IndexOf(lines[0].Split(','), name)).ToList();
        return [.. lines.Select(line => string.Join(',', places.Select(place => line.Split(',')[place])))];
    }
}
