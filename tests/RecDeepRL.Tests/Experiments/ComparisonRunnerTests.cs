using RecDeepRL.Core;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Comparison;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Experiments;

public sealed class ComparisonRunnerTests
{
    [Fact]
    public void CellsSideBySideGiveWhatCellsOneByOneGive()
    {
        var plan = Plan(["random", "fixed"], ["popular", "drift"]);

        var one = Run(plan, jobs: 1).Select(WithoutTime).ToList();
        var two = Run(plan, jobs: 2).Select(WithoutTime).ToList();

        Assert.Equal(2 * 2 * 3, one.Count);
        Assert.Equal(one, two);
    }

    [Fact]
    public void RowsStandInTheOrderOfThePlanThenBySeed()
    {
        var rows = Run(Plan(["fixed", "random"], ["drift", "popular"]), jobs: 2);

        Assert.Equal(
            from environment in new[] { "drift", "popular" } from agent in new[] { "fixed", "random" } from seed in new[] { 1L, 2L, 3L } select (environment, agent, seed),
            rows.Select(row => (row.Environment, row.Agent, row.Seed)));
    }

    [Fact]
    public void AnAgentScoresTheSameWhoeverElseIsCompared()
    {
        var alone = Run(Plan(["fixed"], ["popular"]), jobs: 1).Select(WithoutTime);
        var inCompany = Run(Plan(["random", "fixed"], ["popular"]), jobs: 1).Where(row => row.Agent == "fixed").Select(WithoutTime);

        Assert.Equal(alone, inCompany);
    }

    [Fact]
    public void AFailingCellIsReportedAndLosesNoOther()
    {
        var failed = new List<(string Agent, long Seed, string Message)>();

        var rows = Run(Plan(["failing", "random"], ["popular"]), jobs: 2, (cell, fault) => failed.Add((cell.Agent, cell.Seed, fault.Message)));

        Assert.Equal(["random", "random", "random"], rows.Select(row => row.Agent));
        Assert.Equal([("failing", 1L), ("failing", 2L), ("failing", 3L)], failed.Select(one => (one.Agent, one.Seed)).Order());
        Assert.All(failed, one => Assert.Equal("this agent cannot learn", one.Message));
    }

    [Fact]
    public void AMistakeOfTheUserEndsTheComparison()
    {
        var plan = Plan(["random"], ["popular"]);
        plan = plan with { Pairs = [plan.Pairs[0] with { DataFolder = "/no/such/folder" }] };

        Assert.Throws<UserMistakeException>(() => Run(plan, jobs: 2));
    }

    [Fact]
    public void TheCsvHasOneValueForEachColumn()
    {
        var row = Run(Plan(["random"], ["popular"]), jobs: 1)[0];

        Assert.StartsWith("environment,agent,seed,final,final_expected,training_mean,random,best_fixed,oracle,seconds,", ComparisonRow.Header, StringComparison.Ordinal);
        Assert.Equal(ComparisonRow.Header.Split(',').Length, row.ToCsv().Split(',').Length);
    }

    [Fact]
    public void TheSummaryIsOverSeeds()
    {
        var rows = Run(Plan(["random"], ["popular"]), jobs: 1);

        var summary = Assert.Single(ComparisonSummary.Of(rows));

        Assert.Equal(rows.Average(row => row.Final), summary.Final.Mean, 12);
        Assert.Equal(3, summary.Final.Count);
    }

    [Fact]
    public void CellsHoldTheirRoundsAndProgressIsTold()
    {
        var told = new List<(long, long)>();
        ComparisonCell? cell = null;
        new ComparisonRunner(SmallRuns.WithStubs, CPU, 1)
        {
            Progressed = (_, done, all) => told.Add((done, all)),
            Finished = (_, finished) => cell = finished,
        }.Run(Plan(["fixed"], ["popular"]) with { Seeds = [1] }, CancellationToken.None);

        Assert.Equal(Enumerable.Range(0, 7).Select(round => ((long)round, 6L)), told);
        Assert.Equal(6, cell!.Rounds.Count);
        Assert.Equal([1.0, 1, 1, 1, 1, 1], cell.Diagnostics["constant"]);
        // The run's mean is over users, so they weigh the rounds.
        Assert.Equal(cell.Row.TrainingMean, cell.Rounds.Sum(round => round.Users * round.MeanResponses) / cell.Rounds.Sum(round => round.Users), 12);
        Assert.Equal(cell.Row.TrainingOracle, cell.Rounds.Sum(round => round.Users * round.MeanOracle) / cell.Rounds.Sum(round => round.Users), 12);
    }

    [Fact]
    public void OneSeedOfOneEnvironmentKeepsSeveralWorkersBusy()
    {
        // Two cells that each wait for the other to have begun: one worker alone would never get past the first.
        using var both = new CountdownEvent(2);
        var met = true;
        var rows = new ComparisonRunner(SmallRuns.WithStubs, CPU, 2)
        {
            Progressed = (_, done, _) =>
            {
                if (done != 0)
                    return;
                both.Signal();
                met &= both.Wait(TimeSpan.FromSeconds(30));
            },
        }.Run(Plan(["fixed", "random"], ["popular"]) with { Seeds = [1] }, CancellationToken.None);

        Assert.True(met);
        Assert.Equal(["fixed", "random"], rows.Select(row => row.Agent));
    }

    [Theory]
    [InlineData("sessions")]
    [InlineData("drift")]
    [InlineData("personal")]
    public void BoundsAreThoseThatEachAgentAloneWouldHave(string environment)
    {
        var together = Run(Plan(["random", "fixed"], [environment]) with { Seeds = [1, 2] }, jobs: 1).Where(row => row.Agent == "fixed").Select(WithoutTime);

        Assert.Equal(Run(Plan(["fixed"], [environment]) with { Seeds = [1, 2] }, jobs: 1).Select(WithoutTime), together);
    }

    private static ComparisonRow WithoutTime(ComparisonRow row) => row with { Seconds = 0 };

    private static ComparisonPlan Plan(string[] agents, string[] environments) => new()
    {
        Pairs = [.. from environment in environments from agent in agents select SmallRuns.Plan(agent, environment)],
        Seeds = [1, 2, 3],
    };

    private static IReadOnlyList<ComparisonRow> Run(ComparisonPlan plan, int jobs, Action<RunPlan, Exception>? failed = null) =>
        new ComparisonRunner(SmallRuns.WithStubs, CPU, jobs) { Failed = failed }.Run(plan, CancellationToken.None);
}
