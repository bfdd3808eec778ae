using System.Globalization;
using RecDeepRL.Agents.Contextual;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Tuning;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Experiments.Tuning;

public sealed class TunerTests
{
    private readonly List<(int Candidates, long[] Seeds)> _asked = [];

    [Fact]
    public void HalfIsDroppedAndSeedsAreDoubledAtEachRung()
    {
        // α of 0 to 7 and the start, .5: 9 candidates. After the first rung the better half, 5 of 9, the start perhaps beside them; then half of those.
        var results = Search("alpha=0,1,2,3,4,5,6,7", budget: 20, score: alpha => -Math.Abs(alpha - 5));

        Assert.Equal([9, 6, 4], _asked.Select(one => one.Candidates));
        Assert.Equal([[1001, 1002], [1003, 1004], [1005, 1006, 1007, 1008]], _asked.Select(one => one.Seeds));
        Assert.Equal("alpha=5", results[0].Options);
        Assert.Equal(8, results[0].Rows.Count);
    }

    [Fact]
    public void TheStartIsNeverDropped()
    {
        var results = Search("alpha=1,2,3,4,5,6", budget: 20, score: alpha => alpha);

        Assert.Equal(8, results.Single(candidate => candidate.Options == "alpha=0.5").Rows.Count);
        // Paired by seed: the luck of a seed is the same for both and cancels, 6 − .5 = 5.5 for every seed.
        var ahead = results[0].Ahead(results.Single(candidate => candidate.Options == "alpha=0.5"), TuningMetric.Final)!;
        Assert.Equal(5.5, ahead.Mean, 9);
        Assert.Equal(0, ahead.HalfWidth, 9);
    }

    [Fact]
    public void AGridLargerThanTheBudgetIsSampledWithoutRepetition()
    {
        var plan = Plan(["alpha=0..2", "ridge=0.01..10:log"], 12);
        var first = new Tuner(SmallRuns.Registered, Unused).Candidates(plan);

        Assert.Equal(12, first.Count);
        Assert.Equal(12, first.Select(candidate => candidate.Options).Distinct().Count());
        Assert.Equal("alpha=0.5;ridge=1", first[0].Options);
        Assert.All(first, candidate => Assert.InRange(double.Parse(candidate.Plan.AgentOptions["ridge"], CultureInfo.InvariantCulture), .01, 10));
        Assert.Equal(first.Select(candidate => candidate.Options), new Tuner(SmallRuns.Registered, Unused).Candidates(plan).Select(candidate => candidate.Options));
        Assert.NotEqual(first[1].Options, new Tuner(SmallRuns.Registered, Unused).Candidates(plan with { SearchSeed = 2 })[1].Options);
    }

    [Fact]
    public void EveryCombinationOfAGridIsTriedOnce()
    {
        var candidates = new Tuner(SmallRuns.Registered, Unused).Candidates(Plan(["alpha=0.5,1", "bias=true,false"], 4));

        Assert.Equal(["alpha=0.5;bias=false", "alpha=0.5;bias=true", "alpha=1;bias=false", "alpha=1;bias=true"], candidates.Select(candidate => candidate.Options).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ACandidateWhoseRunsFailIsLast()
    {
        var results = Search("alpha=1,2", budget: 5, score: alpha => alpha == 2 ? null : alpha, halvings: 0);

        Assert.Equal(["alpha=1", "alpha=0.5", "alpha=2"], results.Select(candidate => candidate.Options));
    }

    [Fact]
    public void ARealSearchRuns()
    {
        var runner = new ComparisonRunner(SmallRuns.Registered, CPU, 1);
        var plan = Plan(["alpha=0,1"], 3) with { Seeds = [1001, 1002], Halvings = 1 };

        var results = new Tuner(SmallRuns.Registered, comparison => runner.Run(comparison, CancellationToken.None)).Search(plan);

        Assert.Equal(3, results.Count);
        Assert.Equal(["alpha=0", "alpha=0.5", "alpha=1"], results.Select(candidate => candidate.Options).Order(StringComparer.Ordinal));
        Assert.All(results[0].Rows, row => Assert.Equal(results[0].Plan.ChangedAgentOptions(SmallRuns.Registered), row.AgentOptions));
    }

    private IReadOnlyList<TuningCandidate> Search(string search, int budget, Func<double, double?> score, int halvings = 2) => new Tuner(SmallRuns.Registered, plan =>
    {
        _asked.Add((plan.Pairs.Count, [.. plan.Seeds]));
        return
        [
            .. from pair in plan.Pairs
               from seed in plan.Seeds
               let value = score(double.Parse(pair.AgentOptions["alpha"], CultureInfo.InvariantCulture))
               where value is not null
               select Row(pair, seed, value.Value + (seed / 7.0)),
        ];
    }).Search(Plan([search], budget) with { Halvings = halvings });

    private static TuningPlan Plan(string[] searches, int budget) => new()
    {
        Start = SmallRuns.Plan("linucb", "popular"),
        Ranges = [.. searches.Select(search => SearchRange.Parse(search, typeof(LinUcbOptions)))],
        Budget = budget,
        Seeds = [1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008],
    };

    private static ComparisonRow Row(RunPlan plan, long seed, double final) => new()
    {
        Environment = plan.Environment,
        Agent = plan.Agent,
        Seed = seed,
        Final = final,
        FinalExpected = 0,
        TrainingMean = 0,
        Random = 0,
        BestFixed = 0,
        Oracle = 1,
        Seconds = 0,
        FinalExplore = 0,
        TrainingExpected = 0,
        TrainingOracle = 0,
        SlateSize = 1,
        Iterations = 1,
        Source = "built-in",
        Device = "cpu",
        AgentOptions = plan.ChangedAgentOptions(SmallRuns.Registered),
    };

    private static IReadOnlyList<ComparisonRow> Unused(ComparisonPlan plan) => throw new InvalidOperationException("nothing should be run");
}
