using System.Text.Json;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Statistics;
using RecDeepRL.Reporting;

namespace RecDeepRL.Tests.Experiments.Statistics;

public sealed class ComparisonStatisticsTests
{
    [Fact]
    public void TheBestIsNamedTiesAreCalledTiesAndBoundsStandApart()
    {
        var statistics = ComparisonStatistics.Of(Results(
        [
            .. Cells("one", "oracle", [1, 1, 1, 1], isBound: true),
            .. Cells("one", "leader", [.80, .82, .84, .86]),
            // Behind by −.01, .02, .01 and −.01: .0025 on average, far less than the spread of the differences.
            .. Cells("one", "twin", [.81, .80, .83, .87]),
            // Behind by .30, .31, .30, .31.
            .. Cells("one", "loser", [.50, .51, .54, .55]),
            .. Cells("one", "newcomer", [.70]),
        ]));

        var environment = Assert.Single(statistics.Environments);
        Assert.Equal("leader", environment.Best);
        Assert.Equal(
            [("oracle", Verdict.Bound), ("leader", Verdict.Best), ("twin", Verdict.Tied), ("newcomer", Verdict.Unknown), ("loser", Verdict.Worse)],
            environment.Agents.Select(agent => (agent.Label, agent.Standing.Verdict)));
        var loser = environment.Agents[4].Standing;
        Assert.Equal(.305, loser.Behind!.Value, 1e-12);
        // s = .0057735, half-width 3.182446 · .0057735 / 2 = .0091869.
        Assert.Equal(.0091869, (loser.Behind.High - loser.Behind.Low) / 2, 1e-6);
        // Two comparisons have a p value: the smaller one is doubled, the larger stays.
        var raw = environment.Differences.ToDictionary(one => (one.First, one.Second), one => one.PValue);
        Assert.Equal(2 * raw[("leader", "loser")], loser.PValue, 1e-12);
        Assert.Equal(raw[("leader", "twin")], environment.Agents[2].Standing.PValue, 1e-12);
        Assert.Null(statistics.Aggregate);
        // All pairs: 5 · 4 / 2.
        Assert.Equal(10, environment.Differences.Count);
    }

    [Fact]
    public void ManyComparisonsNeedMoreEvidenceThanOne()
    {
        // Behind by .1, .1, .01, .01 and .1: mean .064, standard error .02205, t = 2.90 on 4 degrees of freedom, p = .044. Eight times that is no evidence.
        double[] leader = [.8, .8, .8, .8, .8];
        double[] behind = [.7, .72, .79, .79, .7];
        var alone = Standings([("leader", leader), ("a", behind)]);
        var among = Standings([("leader", leader), .. "abcdefgh".Select(letter => (letter.ToString(), behind))]);

        Assert.InRange(alone["a"].PValue, .01, .05);
        Assert.Equal(Verdict.Worse, alone["a"].Verdict);
        Assert.Equal(Verdict.Tied, among["a"].Verdict);

        static Dictionary<string, Standing> Standings((string Agent, double[] Scores)[] agents) =>
            ComparisonStatistics.Of(Results([.. agents.SelectMany(agent => Cells("one", agent.Agent, agent.Scores))])).Environments[0].Agents.ToDictionary(agent => agent.Label, agent => agent.Standing);
    }

    [Fact]
    public void DifferencesAreOnTheSeedsThatBothHaveMet()
    {
        // Agent b lacks seed 1, on which a scored 0: on seeds 2 and 3 a is ahead by .1 and .3.
        var a = Cells("one", "a", [0, .5, .9]);
        var b = Cells("one", "b", [9, .4, .6]).Skip(1).ToList();
        var difference = Assert.Single(ComparisonStatistics.Of(Results([.. a, .. b])).Environments[0].Differences);

        Assert.Equal(("b", "a", -.2, 2), (difference.First, difference.Second, Math.Round(difference.Difference.Mean, 12), difference.Difference.Count));
    }

    [Fact]
    public void VariantsOfAnAgentAreAgentsAndVariantsOfAnEnvironmentEnvironments()
    {
        var statistics = ComparisonStatistics.Of(Results(
        [
            .. Cells("one", "ucb", [.5, .6], options: "exploration=1"), .. Cells("one", "ucb", [.6, .7]), .. Cells("one", "ucb", [.3, .4], environmentOptions: "users=9"),
        ]));

        Assert.Equal(["one, 10 iterations", "one, users=9, 10 iterations"], statistics.Environments.Select(one => one.Heading));
        Assert.Equal(["ucb", "ucb (exploration=1)"], statistics.Environments[0].Agents.Select(agent => agent.Label));
    }

    [Fact]
    public void OverEnvironmentsScoresAreSharesOfTheGap()
    {
        // Bounds are 0 and 1 in the first environment, 10 and 20 in the second: 16 there is .6.
        var statistics = ComparisonStatistics.Of(Results(
        [
            .. Cells("one", "a", [.8, .9]), .. Cells("two", "a", [16, 17], random: 10, oracle: 20),
            .. Cells("one", "b", [.2, .3]), .. Cells("two", "b", [12, 13], random: 10, oracle: 20, options: "tuned=true"),
            .. Cells("one", "c", [.5, .5]),
            .. Cells("flat", "a", [3, 3], random: 3, oracle: 3), .. Cells("flat", "b", [3, 3], random: 3, oracle: 3),
        ])).Aggregate!;

        Assert.Equal(["one, 10 iterations", "two, 10 iterations"], statistics.Environments);
        Assert.Equal(["c"], statistics.LeftOut);
        Assert.Equal(["a", "b"], statistics.Agents.Select(agent => agent.Label));
        // .6, .7, .8, .9 without the ends: .75. And .2, .3, .2, .3: .25.
        Assert.Equal(.75, statistics.Agents[0].InterquartileMean.Value, 1e-12);
        Assert.Equal(.25, statistics.Agents[1].InterquartileMean.Value, 1e-12);
        Assert.Equal(.5, statistics.Agents[1].Standing.Behind!.Value, 1e-12);
        Assert.Equal(Verdict.Worse, statistics.Agents[1].Standing.Verdict);
        Assert.Equal(1, Assert.Single(statistics.Improvements).Probability);
        Assert.Equal(1, statistics.Agents[1].BestImproves!.Value);
        // Above .75: of a, both runs in the first environment and none in the second.
        Assert.Equal(.5, statistics.Agents[0].Profile[statistics.Thresholds.ToList().IndexOf(.75)].Value, 1e-12);
    }

    [Fact]
    public void ItIsWrittenAsJsonAlsoWhereNumbersAreNone()
    {
        using var json = JsonDocument.Parse(ComparisonStatistics.Of(Results([.. Cells("one", "a", [.5])])).ToJson());
        var agent = json.RootElement.GetProperty("environments")[0].GetProperty("agents")[0];

        Assert.Equal("best", agent.GetProperty("standing").GetProperty("verdict").GetString());
        Assert.Equal("NaN", agent.GetProperty("final").GetProperty("halfWidth").GetString());
        Assert.Empty(ComparisonStatistics.Of(Results([])).Environments);
    }

    [Fact]
    public void TheWordsSayWhatTheNumbersSay()
    {
        var results = Results([.. Cells("one", "a", [.80, .82, .84]), .. Cells("one", "b", [.81, .80, .84]), .. Cells("one", "c", [.1, .12, .14]), .. Cells("one", "d", [.7])]);
        var statistics = ComparisonStatistics.Of(results with { Missing = [new RunPlan { Agent = "d", Environment = "one" }] });

        Assert.Equal(
            [
                "one, 10 iterations: the highest score is that of a; tied with it is b; 1 agent is worse by more than chance explains; of 1 there are too few seeds to tell.",
                "1 of 11 runs are missing; agents may stand on different seeds.",
            ],
            VerdictText.Of(statistics));
        var agents = statistics.Environments[0].Agents.ToDictionary(agent => agent.Label, agent => VerdictText.Of(agent.Standing));
        Assert.Equal("best", agents["a"]);
        // Behind by −.01, .02 and 0: mean .00333, s = .015275, half-width 4.302653 · .015275 / √3 = .03795; t = .378 on 2 degrees of freedom has p = .742.
        Assert.Equal("tied with the best (behind by 0.0033 ± 0.0379, p = 0.742)", agents["b"]);
        Assert.Equal("worse by 0.7000 ± 0.0000", agents["c"]);
        Assert.Equal("too few seeds to tell", agents["d"]);
    }

    private static ComparisonResults Results(IReadOnlyList<ComparisonCell> cells) => new() { Cells = cells };

    private static IEnumerable<ComparisonCell> Cells(
        string environment, string agent, double[] scores, double random = 0, double oracle = 1, string options = "", string environmentOptions = "", bool isBound = false) =>
        scores.Select((score, index) => new ComparisonCell(
            new ComparisonRow
            {
                Environment = environment,
                Agent = agent,
                Seed = index + 1,
                Final = score,
                FinalExpected = score,
                TrainingMean = score,
                Random = random,
                BestFixed = (random + oracle) / 2,
                Oracle = oracle,
                Seconds = 1,
                FinalExplore = score,
                TrainingExpected = score,
                TrainingOracle = oracle,
                SlateSize = 1,
                Iterations = 10,
                Source = "built-in",
                Device = "cpu",
                AgentOptions = options,
                EnvironmentOptions = environmentOptions,
            }, [])
        { IsBound = isBound });
}
