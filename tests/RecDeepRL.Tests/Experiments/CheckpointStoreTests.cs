using System.Text.Json.Nodes;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Training;

namespace RecDeepRL.Tests.Experiments;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheManifestTellsWhatTheRunIs()
    {
        var manifest = CheckpointStore.ReadManifest(Train("popular", 3));

        Assert.Equal("random", manifest.Agent);
        Assert.Equal("popular", manifest.Environment);
        Assert.Equal("60", manifest.EnvironmentOptions["users"]);
        Assert.Equal(3, manifest.Iteration);
        Assert.Equal(7, manifest.Seed);
        Assert.Equal(12, manifest.Specification.ItemCount);
        Assert.Equal(3, manifest.EnvironmentCounters["iteration"]);
        Assert.Equal(3, manifest.Totals.Rounds);
    }

    [Fact]
    public void OnlyTheNewestTwoCheckpointsAreKept()
    {
        Train("popular", 5, checkpointEvery: 1);

        Assert.Equal(["checkpoint-000004", "checkpoint-000005"], CheckpointStore.All(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void LoadingACheckpointForAnotherPopulationIsRefused()
    {
        var checkpoint = Train("popular", 2);
        using var other = SmallRuns.Pair(SmallRuns.Plan("random", "popular", users: 61));

        var fault = Assert.Throws<UserMistakeException>(() => CheckpointStore.Restore(checkpoint, CheckpointStore.ReadManifest(checkpoint), other));

        Assert.Contains("userCount 60 instead of 61", fault.Message, StringComparison.Ordinal);
        Assert.Equal(0, other.Environment.Iteration);
    }

    [Fact]
    public void AFlippedBitIsFoundAndTheFileNamed()
    {
        var checkpoint = Train("popular", 2);
        var path = Path.Combine(checkpoint, "environment.safetensors");
        var bytes = File.ReadAllBytes(path);
        bytes[^5] ^= 1;
        File.WriteAllBytes(path, bytes);
        using var pair = SmallRuns.Pair(SmallRuns.Plan("random", "popular"));

        var fault = Assert.Throws<UserMistakeException>(() => CheckpointStore.Restore(checkpoint, CheckpointStore.ReadManifest(checkpoint), pair));

        Assert.Contains(path, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingTensorFileIsNamed()
    {
        var checkpoint = Train("popular", 2);
        File.Delete(Path.Combine(checkpoint, "agent.safetensors"));
        using var pair = SmallRuns.Pair(SmallRuns.Plan("random", "popular"));

        var fault = Assert.Throws<UserMistakeException>(() => CheckpointStore.Restore(checkpoint, CheckpointStore.ReadManifest(checkpoint), pair));

        Assert.Contains("agent.safetensors is missing", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ANewerFormatIsRefusedEvenIfItHasUnknownFields()
    {
        var checkpoint = Train("popular", 2);
        var path = Path.Combine(checkpoint, "manifest.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"format\": 1,", "\"format\": 2, \"novelty\": true,", StringComparison.Ordinal));

        var fault = Assert.Throws<UserMistakeException>(() => CheckpointStore.ReadManifest(checkpoint));

        Assert.Contains("format 2", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACounterBelowNoneIsRefusedByName()
    {
        var checkpoint = Train("popular", 2);
        var path = Path.Combine(checkpoint, "manifest.json");
        var manifest = JsonNode.Parse(File.ReadAllText(path))!;
        manifest["environmentCounters"]!["iteration"] = -2;
        File.WriteAllText(path, manifest.ToJsonString());
        using var pair = SmallRuns.Pair(SmallRuns.Plan("random", "popular"));

        var fault = Assert.Throws<UserMistakeException>(() => CheckpointStore.Restore(checkpoint, CheckpointStore.ReadManifest(checkpoint), pair));

        Assert.Contains("The counter 'iteration' of the saved state is -2", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AManifestCutOffAtAnyByteIsRefused()
    {
        var checkpoint = Train("popular", 2);
        var path = Path.Combine(checkpoint, "manifest.json");
        var whole = File.ReadAllText(path).TrimEnd();

        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllText(path, whole[..length]);
            Assert.Throws<UserMistakeException>(() => CheckpointStore.ReadManifest(checkpoint));
        }
    }

    [Fact]
    public void AHalfWrittenCheckpointIsNoCheckpoint()
    {
        var whole = Train("popular", 2);
        Directory.CreateDirectory(_folder.PathOf(".checkpoint-000009.part"));
        Directory.CreateDirectory(_folder.PathOf("checkpoint-000010"));

        Assert.Equal(whole, CheckpointStore.Locate(_folder.Path));
    }

    [Fact]
    public void AFolderWithoutCheckpointIsAMistakeOfTheUser()
    {
        Assert.Throws<UserMistakeException>(() => CheckpointStore.Locate(_folder.Path));
        Assert.Throws<UserMistakeException>(() => CheckpointStore.Locate(_folder.PathOf("absent")));
    }

    private string Train(string environment, int iterations, int checkpointEvery = 0)
    {
        using var pair = SmallRuns.Pair(SmallRuns.Plan("random", environment, iterations));
        new TrainingLoop(pair, new NoRecorder(), _folder.Path) { CheckpointEvery = checkpointEvery }.Run(CancellationToken.None);
        return CheckpointStore.Locate(_folder.Path);
    }
}
