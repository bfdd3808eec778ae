using System.Globalization;
using System.Security.Cryptography;
using RecDeepRL.Agents;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Core.State;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Training;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Experiments;

/// <summary>A number that is none stops a run where it is met, by name, and nothing that is written holds one; whatever the agent.</summary>
public sealed class NotFiniteTests : IDisposable
{
    private const int Broken = 3;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Agents => [.. AgentRegistry.All.Select(one => one.Name)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Agents))]
    public void AFeatureOrResponseThatIsNoNumberStopsTheRunAndLeavesTheCheckpointFromBefore(string agent)
    {
        foreach (var (part, value, name) in new[]
        {
            (BrokenPart.Features, float.NaN, "user features"), (BrokenPart.Responses, float.NaN, "responses"), (BrokenPart.Responses, float.PositiveInfinity, "responses"),
            (BrokenPart.Reward, float.NegativeInfinity, "reward"),
        })
        {
            var folder = Directory.CreateDirectory(_folder.PathOf($"{part}{value}")).FullName;
            var plan = SmallRuns.Plan(agent, "context", iterations: 6) with { AgentOptions = SmallAgents.Options(agent) };
            using var sound = RunPair.CreateEnvironment(SmallRuns.Registered, plan.Resolve(SmallRuns.Registered), CPU);
            using var environment = new BrokenEnvironment(sound, Broken, part, value);
            using var pair = RunPair.Create(SmallRuns.Registered, plan, environment);
            using (var files = new MetricsFiles(folder, 0))
            {
                var heard = 0;
                var loop = new TrainingLoop(pair, files, folder) { CheckpointEvery = 1, Responded = _ => heard++ };
                var fault = Assert.Throws<NotFiniteException>(() => loop.Run(CancellationToken.None));
                Assert.Equal($"Stopped in iteration {Broken}: {name} holds NaN or an infinity.", fault.Message);
                Assert.Equal(Broken, fault.Iteration);
                Assert.Equal(Broken - 1, heard);
            }
            AssertSoundUntil(folder, plan, Broken - 1);
        }
    }

    [Theory]
    [MemberData(nameof(Agents))]
    public void AStateThatHoldsNoNumberIsNeverWritten(string agent)
    {
        using var pair = SmallRuns.Pair(SmallRuns.Plan(agent, "context", iterations: 2) with { AgentOptions = SmallAgents.Options(agent) });
        new TrainingLoop(pair, new NoRecorder(), _folder.Path).Run(CancellationToken.None);
        using var state = MemoryCheckpoint.Of(pair.Agent);
        foreach (var (name, tensor) in state.Tensors.Where(one => one.Value.is_floating_point() && one.Value.numel() > 0))
        {
            using var scope = NewDisposeScope();
            using var gradients = no_grad();
            var first = tensor.view(-1).narrow(0, 0, 1);
            var sound = first.clone();
            foreach (var value in new[] { double.NaN, double.NegativeInfinity })
            {
                first.fill_(value);
                // What is worked out of a state when it is loaded may be impossible already, or the state be refused as one that does not fit together.
                if (Record.Exception(() => pair.Agent.Load(state)) is { } impossible)
                {
                    Assert.True(impossible is ArgumentException || impossible.Message.StartsWith("linalg.", StringComparison.Ordinal), impossible.ToString());
                    continue;
                }
                var fault = Assert.Throws<ArithmeticException>(() => CheckpointStore.Write(_folder.Path, pair, TrainingTotals.None));
                Assert.Matches($@"^{agent}: ({name} holds NaN or an infinity\.|\S+ holds NaN or an infinity, and so do \d+ other tensors\.)$", fault.Message);
                Assert.Equal(["checkpoint-000002"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(path => Path.GetFileName(path)!));
            }
            first.copy_(sound);
        }
    }

    [Fact]
    public void ACheckpointThatHoldsNoNumberIsRefused()
    {
        var plan = SmallRuns.Plan("ucb", "popular", iterations: 2);
        using var pair = SmallRuns.Pair(plan);
        new TrainingLoop(pair, new NoRecorder(), _folder.Path).Run(CancellationToken.None);
        var checkpoint = CheckpointStore.Locate(_folder.Path);
        var (path, manifestPath) = (Path.Combine(checkpoint, "agent.safetensors"), Path.Combine(checkpoint, "manifest.json"));
        var bytes = File.ReadAllBytes(path);
        var before = Convert.ToHexStringLower(SHA256.HashData(bytes));
        // The tensors lie behind the header; all of this agent's are float64.
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - sizeof(double)), double.NaN);
        File.WriteAllBytes(path, bytes);
        var manifest = File.ReadAllText(manifestPath);
        Assert.Contains(before, manifest, StringComparison.Ordinal);
        File.WriteAllText(manifestPath, manifest.Replace(before, Convert.ToHexStringLower(SHA256.HashData(bytes)), StringComparison.Ordinal));

        var message = Assert.Throws<UserMistakeException>(() => CheckpointStore.Restore(checkpoint, CheckpointStore.ReadManifest(checkpoint), pair)).Message;
        Assert.Contains("agent.safetensors: ", message, StringComparison.Ordinal);
        Assert.Contains("holds NaN or an infinity. ", message, StringComparison.Ordinal);
        Assert.Contains("Use another checkpoint.", message, StringComparison.Ordinal);
    }

    /// <summary>Late in the run too: the round is not recorded, and what was recorded before is whole.</summary>
    [Theory]
    [InlineData("state", "spoilt: memory holds NaN or an infinity.")]
    [InlineData("figure", "spoilt: the figure luck was NaN.")]
    [InlineData("factor", "linalg.cholesky: ")]
    public void AnAgentThatSpoilsItsNumbersIsStoppedInTheRound(string how, string says)
    {
        var catalog = SmallRuns.Registered with
        {
            Agents = [ComponentRegistration.Of<AgentContext, SmallRuns.NoOptions, IAgent>("spoilt", "forgets how to count", (context, _) => new SpoiltAgent(context, how))],
        };
        var plan = SmallRuns.Plan("spoilt", "popular", iterations: 6);
        using (var pair = SmallRuns.Pair(plan, catalog))
        using (var files = new MetricsFiles(_folder.Path, 0))
        {
            var fault = Assert.Throws<NotFiniteException>(() => new TrainingLoop(pair, files, _folder.Path) { CheckpointEvery = 1 }.Run(CancellationToken.None));
            Assert.StartsWith($"Stopped in iteration {Broken}: {says}", fault.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', fault.Message);
        }
        AssertSoundUntil(_folder.Path, plan, Broken - 1, rows: how == "state" ? Broken : Broken - 1, catalog);
    }

    [Fact]
    public void ADivisionByZeroIsAFaultOfTheProgramAndNotOfTheNumbers()
    {
        var catalog = SmallRuns.Registered with
        {
            Agents = [ComponentRegistration.Of<AgentContext, SmallRuns.NoOptions, IAgent>("spoilt", "divides", (context, _) => new SpoiltAgent(context, "division"))],
        };
        using var pair = SmallRuns.Pair(SmallRuns.Plan("spoilt", "popular", iterations: 6), catalog);
        Assert.Throws<DivideByZeroException>(() => new TrainingLoop(pair, new NoRecorder()).Run(CancellationToken.None));
    }

    /// <summary>The newest checkpoint is of that iteration and loads, and no file holds a number that is none.</summary>
    private static void AssertSoundUntil(string folder, RunPlan plan, int iteration, int? rows = null, Catalog? catalog = null)
    {
        var checkpoint = CheckpointStore.Locate(folder);
        var manifest = CheckpointStore.ReadManifest(checkpoint);
        Assert.Equal(iteration, manifest.Iteration);
        using var pair = SmallRuns.Pair(plan, catalog ?? SmallRuns.Registered);
        CheckpointStore.Restore(checkpoint, manifest, pair);
        foreach (var file in Directory.EnumerateFiles(folder, "*.safetensors", SearchOption.AllDirectories))
        {
            foreach (var (name, tensor) in SafetensorsFile.Read(file))
            {
                using (tensor)
                    Assert.True(!tensor.is_floating_point() || tensor.isfinite().all().item<bool>(), $"{file}: {name}");
            }
        }
        foreach (var file in new[] { "metrics.csv", "diagnostics.csv" })
        {
            var lines = File.ReadAllLines(Path.Combine(folder, file)).Skip(1).ToList();
            Assert.All(lines, line => Assert.All(line.Split(','), field => Assert.False(double.TryParse(field, CultureInfo.InvariantCulture, out var number) && !double.IsFinite(number), line)));
            Assert.True(lines.TrueForAll(line => int.Parse(line.Split(',')[0], CultureInfo.InvariantCulture) <= (rows ?? iteration)), $"{file} goes on after the round");
        }
    }

    /// <summary>Shows the first items, and in its third round loses its numbers.</summary>
    private sealed class SpoiltAgent(AgentContext context, string how) : IAgent
    {
        private readonly Tensor _memory = zeros([2]).DetachFromDisposeScope();
        private int _rounds;

        public Tensor Recommend(Observation observation, RecommendationMode mode) =>
            arange(context.Spec.SlateSize, ScalarType.Int64).expand(observation.UserCount, context.Spec.SlateSize).clone();

        public void Learn(Feedback feedback)
        {
            if (++_rounds < Broken)
                return;
            if (how == "state")
                _memory.fill_(float.NaN);
            if (how == "factor")
                linalg.cholesky(zeros([2, 2]));
            if (how == "division")
                _rounds /= _rounds - Broken;
        }

        public IReadOnlyDictionary<string, double> Diagnose() => new Dictionary<string, double> { ["luck"] = how == "figure" && _rounds >= Broken ? double.NaN : 1 };

        public void Save(IStateWriter writer) => writer.Write("memory", _memory);

        public void Load(IStateReader reader) => reader.ReadInto("memory", _memory);

        public void Dispose() => _memory.Dispose();
    }
}
