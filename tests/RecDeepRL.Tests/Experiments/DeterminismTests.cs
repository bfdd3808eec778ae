using RecDeepRL.Agents;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Training;
using RecDeepRL.Simulation;

namespace RecDeepRL.Tests.Experiments;

/// <summary>The same seed on the same machine gives the same bytes, whatever else the process does meanwhile; another seed gives others.</summary>
public sealed class DeterminismTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Agents => [.. AgentRegistry.All.Select(one => one.Name)];

    public static TheoryData<string> Environments => [.. EnvironmentRegistry.All.Select(one => one.Name)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Agents))]
    public Task EveryAgentWritesTheSameBytesTwice(string agent) => SameBytes(agent, "context");

    [Theory]
    [MemberData(nameof(Environments))]
    public Task EveryEnvironmentWritesTheSameBytesTwice(string environment) => SameBytes("thompson", environment);

    /// <summary>Side by side, as comparisons run, and once more alone.</summary>
    private async Task SameBytes(string agent, string environment)
    {
        var seeds = new Dictionary<string, long> { ["one"] = 7, ["two"] = 7, ["other"] = 8 };
        await Task.WhenAll(seeds.Select(run => Task.Run(() => Play(agent, environment, run.Key, run.Value))));
        Play(agent, environment, "alone", 7);
        foreach (var file in new[] { "agent.safetensors", "environment.safetensors", "diagnostics.csv", "metrics.csv" })
        {
            var expected = Bytes("one", file);
            Assert.True(expected.AsSpan().SequenceEqual(Bytes("two", file)), $"{file} of a run beside it");
            Assert.True(expected.AsSpan().SequenceEqual(Bytes("alone", file)), $"{file} of a run alone");
        }
        Assert.False(Bytes("one", "metrics.csv").AsSpan().SequenceEqual(Bytes("other", "metrics.csv")), "another seed had the same responses");
    }

    private void Play(string agent, string environment, string name, long seed)
    {
        var folder = Directory.CreateDirectory(_folder.PathOf(name)).FullName;
        using var pair = SmallRuns.Pair(SmallRuns.Plan(agent, environment, iterations: 6, seed: seed) with { AgentOptions = SmallAgents.Options(agent) });
        using var files = new MetricsFiles(folder, 0);
        Assert.True(new TrainingLoop(pair, files, folder) { EvaluateEvery = 2 }.Run(CancellationToken.None));
    }

    /// <summary>A file of a run, of metrics.csv all but the seconds.</summary>
    private byte[] Bytes(string run, string file)
    {
        if (file.EndsWith(".safetensors", StringComparison.Ordinal))
            return File.ReadAllBytes(Path.Combine(CheckpointStore.Locate(_folder.PathOf(run)), file));
        var path = Path.Combine(_folder.PathOf(run), file);
        return file == "metrics.csv"
            ? [.. File.ReadLines(path).SelectMany(line => System.Text.Encoding.UTF8.GetBytes(line[..line.LastIndexOf(',')] + "\n"))]
            : File.ReadAllBytes(path);
    }
}
