using RecDeepRL.Agents;
using RecDeepRL.Core;
using RecDeepRL.Data.Logs;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Training;
using TorchSharp;

namespace RecDeepRL.Tests.Experiments;

public sealed class WarmStartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Agents => [.. AgentRegistry.All.Select(one => one.Name)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Agents))]
    public void AnAgentThatLearnsFromTheLogOfItsOwnRunIsTheAgentThatMadeIt(string agent)
    {
        var plan = SmallRuns.Plan(agent, "context", iterations: 3);
        using var original = SmallRuns.Pair(plan);
        Simulate(original);
        using var reader = SmallRuns.Pair(plan);

        Assert.Equal(3, StartWarm(reader));

        Assert.Equal(6, reader.Iterations);
        using var first = MemoryCheckpoint.Of(original.Agent);
        using var second = MemoryCheckpoint.Of(reader.Agent);
        first.AssertSameAs(second);
        using var before = MemoryCheckpoint.Of(original.Environment);
        using var after = MemoryCheckpoint.Of(reader.Environment);
        before.AssertSameAs(after);
    }

    [Fact]
    public void WhatWasUnderWayWhenALogEndsArrivesInTheRunThatGoesOn()
    {
        var plan = SmallRuns.Plan("greedy", "popular", iterations: 3);
        plan = plan with { EnvironmentOptions = new Dictionary<string, string>(plan.EnvironmentOptions) { ["delay"] = "1", ["sampling"] = "1" } };
        using var original = SmallRuns.Pair(plan);
        Simulate(original);
        using var reader = SmallRuns.Pair(plan);

        StartWarm(reader);

        using var first = MemoryCheckpoint.Of(original.Environment);
        using var second = MemoryCheckpoint.Of(reader.Environment);
        first.AssertSameAs(second);
        using var slates = torch.zeros([60, 2], torch.ScalarType.Int64);
        slates.select(1, 1).fill_(1);
        using var feedback = reader.Environment.Step(slates);
        var arrival = Assert.Single(((IDelayedFeedback)reader.Environment).TakeArrivals());
        using (arrival)
            Assert.Equal(2, arrival.Observation.Iteration);
    }

    [Theory]
    [InlineData("drift")]
    [InlineData("sessions")]
    [InlineData("satisfaction")]
    [InlineData("drift", "delay", "delaySpread")]
    [InlineData("sessions", "delay", "delaySpread", "returnAfter")]
    public void ARunThatGoesOnFromItsLogIsTheRunThatWasNeverStopped(string environment, params string[] setToTwo)
    {
        RunPlan Plan(int iterations)
        {
            var plan = SmallRuns.Plan("ucb", environment, iterations);
            return plan with { EnvironmentOptions = new Dictionary<string, string>(plan.EnvironmentOptions.Concat(setToTwo.Select(option => KeyValuePair.Create(option, "2")))) };
        }
        using var whole = SmallRuns.Pair(Plan(10));
        Simulate(whole, "whole");
        using (var half = SmallRuns.Pair(Plan(4)))
            Simulate(half, "parts");
        using var rest = SmallRuns.Pair(Plan(6));
        StartWarm(rest, "parts");
        Simulate(rest, "parts", append: true);

        for (var iteration = 0; iteration < 10; iteration++)
        {
            var name = $"iteration-{iteration:D8}.parquet";
            Assert.Equal(File.ReadAllBytes(_folder.PathOf("whole/" + name)), File.ReadAllBytes(_folder.PathOf("parts/" + name)));
        }
    }

    [Fact]
    public void AWarmStartIsBetterThanAColdOne()
    {
        // 200 users take part in each round. After ten rounds at random each of the 12 items was shown about 170 times, and means of .75 and .4
        // are 7 standard errors (√(.24/170 + .19/170) = .05) apart: the warm agent's first round expects .75, the cold one's 5/12 (4·.75 + 4·.1 + 4·.4 over 12).
        using (var logger = SmallRuns.Pair(SmallRuns.Plan("random", "popular", iterations: 10, users: 2000, slots: 1)))
            Simulate(logger);
        var plan = SmallRuns.Plan("greedy", "popular", iterations: 1, users: 2000, slots: 1);
        using var cold = SmallRuns.Pair(plan);
        using var warm = SmallRuns.Pair(plan);
        StartWarm(warm);

        Assert.InRange(Expected(cold), .3, .55);
        Assert.Equal(.75, Expected(warm), 6);
    }

    [Fact]
    public void RoundsWithoutUsersAreLoggedAndReplayed()
    {
        // One user who takes part with probability .01: most of the 40 rounds have nobody.
        var plan = SmallRuns.Plan("thompson", "popular", iterations: 40, users: 1);
        plan = plan with { EnvironmentOptions = new Dictionary<string, string>(plan.EnvironmentOptions) { ["sampling"] = "0.01" } };
        using var original = SmallRuns.Pair(plan);
        Simulate(original);
        using var reader = SmallRuns.Pair(plan);

        Assert.Equal(40, StartWarm(reader));
        Assert.Equal(40, reader.Environment.Iteration);
    }

    private static double Expected(RunPair pair)
    {
        var loop = new TrainingLoop(pair, new NoRecorder());
        loop.Run(CancellationToken.None);
        return loop.Totals.Expected / loop.Totals.Users;
    }

    private int StartWarm(RunPair pair, string log = "log") =>
        pair.WarmStart(InteractionLog.Read(_folder.PathOf(log)).RoundsOf(pair.Environment.Population, pair.Environment.Spec.SlateSize));

    private void Simulate(RunPair pair, string log = "log", bool append = false)
    {
        var spec = pair.Environment.Spec;
        var run = new LoggedRun(
            0, pair.Plan.Agent, pair.Plan.AgentOptions, pair.Plan.Environment, pair.Plan.EnvironmentOptions, null, spec.PopulationFingerprint, spec.SlateSize, pair.Plan.Seed);
        using var writer = InteractionLogWriter.Open(_folder.PathOf(log), append, run, pair.Environment.Population);
        new TrainingLoop(pair, new NoRecorder()) { MeasureOracle = false, Responded = feedback => writer.Add(feedback, pair.Agent as IExplainsSlates) }.Run(CancellationToken.None);
        writer.Complete();
    }
}
