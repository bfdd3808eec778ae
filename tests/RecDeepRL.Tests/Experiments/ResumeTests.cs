using RecDeepRL.Agents;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Training;
using RecDeepRL.Simulation;

namespace RecDeepRL.Tests.Experiments;

public sealed class ResumeTests
{
    public static TheoryData<string, string> EveryPair()
    {
        var data = new TheoryData<string, string>();
        foreach (var agent in AgentRegistry.All)
        {
            foreach (var environment in EnvironmentRegistry.All)
                data.Add(agent.Name, environment.Name);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(EveryPair))]
    public void TwelveIterationsEqualSixAndAResumeAndSixTensorForTensor(string agent, string environment) =>
        AssertResumes(SmallRuns.Plan(agent, environment, iterations: 12) with { AgentOptions = SmallAgents.Options(agent) }, after: 6);

    /// <summary>A trajectory that has no row yet is part of the state too.</summary>
    [Fact]
    public void ARunGoesOnFromBeforeItsFirstFeedback()
    {
        var plan = SmallRuns.Plan("ddpg", "popular", iterations: 6);
        AssertResumes(
            plan with
            {
                AgentOptions = new Dictionary<string, string> { ["returnSteps"] = "3" },
                EnvironmentOptions = new Dictionary<string, string>(plan.EnvironmentOptions) { ["delay"] = "4" },
            },
            after: 2);
    }

    private static void AssertResumes(RunPlan plan, int after)
    {
        using var whole = new TemporaryFolder();
        using var parts = new TemporaryFolder();
        var uninterrupted = Run(plan, whole.Path, resume: false);
        Run(plan with { Iterations = after }, parts.Path, resume: false);
        var resumed = Run(plan, parts.Path, resume: true);

        Assert.Equal(uninterrupted.Totals with { Seconds = 0 }, resumed.Totals with { Seconds = 0 });
        Assert.Equal(uninterrupted.AgentCounters, resumed.AgentCounters);
        Assert.Equal(uninterrupted.EnvironmentCounters, resumed.EnvironmentCounters);
        foreach (var file in new[] { "agent.safetensors", "environment.safetensors" })
        {
            var expected = SafetensorsFile.Read(Path.Combine(CheckpointStore.Locate(whole.Path), file));
            var actual = SafetensorsFile.Read(Path.Combine(CheckpointStore.Locate(parts.Path), file));
            Assert.Equal(expected.Keys, actual.Keys);
            foreach (var (name, tensor) in expected)
                Assert.True(tensor.SameAs(actual[name]), $"{name} in {file}");
        }
    }

    private static CheckpointManifest Run(RunPlan plan, string folder, bool resume)
    {
        using var pair = SmallRuns.Pair(plan);
        var loop = new TrainingLoop(pair, new NoRecorder(), folder);
        if (resume)
        {
            var checkpoint = CheckpointStore.Locate(folder);
            var manifest = CheckpointStore.ReadManifest(checkpoint);
            CheckpointStore.Restore(checkpoint, manifest, pair);
            loop.ContinueFrom(manifest.Totals);
        }
        Assert.True(loop.Run(CancellationToken.None));
        return CheckpointStore.ReadManifest(CheckpointStore.Locate(folder));
    }
}
