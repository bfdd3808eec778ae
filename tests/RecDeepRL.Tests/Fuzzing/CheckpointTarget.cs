using System.Security.Cryptography;
using System.Text.Json.Nodes;
using RecDeepRL.Core;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Insight;
using RecDeepRL.Experiments.Training;
using RecDeepRL.Tests.Experiments;

namespace RecDeepRL.Tests.Fuzzing;

/// <summary>A checkpoint after some rounds: its manifest and tensors, read into an agent and environment of the same plan, which then go on for a round.</summary>
internal sealed class CheckpointTarget(string agent, string environment) : FuzzTarget, IDisposable
{
    private const string Manifest = "manifest.json";

    private readonly RunPlan _plan = SmallRuns.Plan(agent, environment, iterations: 4, users: 12);

    private RunPair? _pair;

    public override string Name => $"checkpoint of {agent} in {environment}";

    public override void Prepare(string folder)
    {
        using var run = new TemporaryFolder();
        using var pair = SmallRuns.Pair(_plan);
        using var insight = new InsightCollector(pair, 2);
        new TrainingLoop(pair, insight, run.Path)
        {
            Responded = insight.Responded,
            Companions = () => new Dictionary<string, string> { [InsightFile.Name] = InsightFile.ToText(insight.Read()) },
        }.Run(CancellationToken.None);
        foreach (var file in Directory.EnumerateFiles(CheckpointStore.Locate(run.Path)))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
    }

    public override void Read(string folder)
    {
        _pair ??= SmallRuns.Pair(_plan);
        var manifest = CheckpointStore.ReadManifest(CheckpointStore.Locate(folder));
        // What a stranger's plan asks for is checked; it is not carried out, since any size that options allow may be meant.
        _ = manifest.ToPlan().Resolve(SmallRuns.Registered);
        try
        {
            CheckpointStore.Restore(folder, manifest, _pair);
            if (CheckpointStore.ReadCompanion(folder, manifest, InsightFile.Name) is { } text)
                _ = InsightFile.FromText(text, InsightFile.Name);
            new TrainingLoop(_pair, new NoRecorder()).Run(CancellationToken.None);
            GoOn(_pair, manifest.Iteration + 1);
        }
        finally
        {
            // Whatever a bad state leaves behind must not reach the next case.
            _pair.Dispose();
            _pair = null;
        }
    }

    public override void Forge(string folder, string file)
    {
        var path = Path.Combine(folder, Manifest);
        if (file == Manifest || JsonNode.Parse(File.ReadAllBytes(path)) is not JsonObject manifest)
            return;
        manifest["files"]![file] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, file))));
        File.WriteAllText(path, manifest.ToJsonString());
    }

    public void Dispose() => _pair?.Dispose();

    /// <summary>A round, as resuming would play it.</summary>
    private static void GoOn(RunPair pair, long iteration)
    {
        try
        {
            Play(pair);
        }
        catch (Exception fault) when (NotFiniteException.IsMeantBy(fault))
        {
            throw new NotFiniteException(iteration, fault);
        }
    }

    private static void Play(RunPair pair)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var observation = pair.Environment.Observe();
        if (observation.UserCount == 0)
            return;
        using var slates = pair.Agent.Recommend(observation, RecommendationMode.Explore);
        using var feedback = pair.Environment.Step(slates);
        pair.Learn(feedback);
        pair.Agent.Diagnose();
    }

    private sealed class NoRecorder : IRunRecorder
    {
        public void Completed(IterationRecord iteration) { }

        public void Evaluated(RecDeepRL.Experiments.Evaluation.EvaluationResult evaluation) { }

        public void CheckpointWritten(string folder) { }
    }
}
