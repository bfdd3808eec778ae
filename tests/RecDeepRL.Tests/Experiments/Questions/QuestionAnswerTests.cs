using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Insight;
using RecDeepRL.Experiments.Questions;

namespace RecDeepRL.Tests.Experiments.Questions;

/// <summary>Answers to planted runs: what they say has to be what was planted.</summary>
public sealed class QuestionAnswerTests
{
    [Fact]
    public void ARankingTellsTheWinnerTheBoundsAndWhetherTheWinnerBeatsTheBestFixedList()
    {
        var evidence = new Evidence([.. Planted.Runs("a", .70, .72, .74), .. Planted.Runs("b", .60, .62, .64)]);

        var answer = ScoreQuestions.Ranking(evidence, Measures.Final, Measures.Training, baseline: "b");

        // a is .1 above b under every seed, without any spread; the same holds of the halves while training.
        Assert.Contains("The highest expected clicks per user in the final evaluation is that of a, 0.7200 ± 0.0497. Worse by more than chance explains is b (by 0.1000 ± 0.0000).", answer.Paragraph, StringComparison.Ordinal);
        Assert.Contains("while learning is that of a, 0.3600 ± 0.0248. Worse by more than chance explains is b (by 0.0500 ± 0.0000).", answer.Paragraph, StringComparison.Ordinal);
        Assert.Contains("higher is a (by 0.1000 ± 0.0000).", answer.Paragraph, StringComparison.Ordinal);
        Assert.Contains("random slates can expect 0.2500, the best list that is the same for everybody 0.7000, and the best slates of each user 0.7500.", answer.Paragraph, StringComparison.Ordinal);
        // .02 above .70 in the mean, error .02/√3: t₂ = 1.73, p = .23.
        Assert.Contains("does not differ between a and the best fixed list by more than chance explains (higher by 0.0200 ± 0.0497).", answer.Paragraph, StringComparison.Ordinal);
        Assert.Equal("agent,setting,seeds,final_expected,final_expected_half_width,final,final_half_width,training_expected,training_expected_half_width,last_iteration,last_iteration_half_width", answer.Table.ToCsv().Split('\n')[0]);
        Assert.StartsWith("a,,3,0.72,0.049683,", answer.Table.ToCsv().Split('\n')[1], StringComparison.Ordinal);
        var bars = Assert.IsType<BarPicture>(answer.Pictures[0]);
        Assert.Equal([("a", .72), ("b", .62)], bars.Bars.Select(bar => (bar.Label, Math.Round(bar.Value, 9))));
        Assert.Equal([.25, .7, .75], bars.Marks.Select(mark => Math.Round(mark.Value, 9)));
    }

    [Fact]
    public void AHyperparameterThatMattersIsToldFromOneThatDoesNot()
    {
        var (one, other) = (new QuestionRun("x") { Agent = "x", Environment = "popular" }, new QuestionRun("y") { Agent = "y", Environment = "popular" });
        var evidence = new Evidence(
        [
            .. Planted.Runs(one.With("knob", 1), .8, .8), .. Planted.Runs(one.With("knob", 2), .4, .4),
            .. Planted.Runs(other.With("dial", 1), .6, .6), .. Planted.Runs(other.With("dial", 2), .6, .6),
        ]);

        var text = HyperparameterQuestion.Answer(evidence).Paragraph;

        // While learning each has half of its final score.
        Assert.Contains("Of x: The highest expected clicks per user while learning is that of knob=1, 0.4000 ± 0.0000. Worse by more than chance explains is knob=2 (by 0.2000 ± 0.0000).", text, StringComparison.Ordinal);
        Assert.Contains("Of y: All 2 have the same expected clicks per user while learning, 0.3000.", text, StringComparison.Ordinal);
        Assert.Contains("the mean moves by 0.2000 for x and 0.0000 for y.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ConvergenceCountsResponsesAndNamesThoseThatConvergeToSomethingPoor()
    {
        // 10 rounds, so that the window is one round: .5 of the best for two rounds, then all of it; converged in the third, after 3 × 10 or 3 × 100 responses.
        ComparisonRound[] Rounds(long users, double end) => [.. Enumerable.Range(1, 10).Select(round => new ComparisonRound(round, users, 0, round < 3 ? end / 2 : end, .75, 0))];
        var run = new QuestionRun("x") { Agent = "x", Environment = "popular" };
        var (few, many) = (run.Under("few", "sampling=0.1", .1), run.Under("many", "sampling=0.9", .9));
        var evidence = new Evidence(
        [
            .. new[] { 1L, 2 }.Select(seed => Planted.Run(few, seed, .75, Rounds(10, .75))), .. new[] { 1L, 2 }.Select(seed => Planted.Run(many, seed, .75, Rounds(100, .6))),
        ]);

        var text = ConvergenceQuestion.Answer(evidence).Paragraph;

        Assert.Contains("The number of responses until the curve stays within 95 % of its final level is higher by 270 ± 0 for x, many than for x, few.", text, StringComparison.Ordinal);
        Assert.Contains("The number of iterations until the curve stays within 95 % of its final level is the same for x, many and x, few under every seed.", text, StringComparison.Ordinal);
        // .6 of .75.
        Assert.Contains("1 of 2 do not end at 95 % of the best possible: x, many (80.0 %).", text, StringComparison.Ordinal);
    }

    [Fact]
    public void AnAgentThatSettlesIsToldFromOneThatDoesNot()
    {
        var run = new QuestionRun("x") { Agent = "x", Environment = "popular" }.Under("K=1", "slateSize=1", 1);
        // Windows of two rounds: from the second on the first item has 9 of 10 slates, so it settles after iteration 2; in the other run nothing does.
        var evidence = new Evidence(
        [
            Planted.Run(run, 1, .7, insight: Insights.Written([3, 9, 9])), Planted.Run(run, 2, .7, insight: Insights.Written([3, 2, 4])),
        ]);

        Assert.Contains("with K=1: x in 1 of 2 runs, after iteration 2 in the median.", SlateSizeQuestion.Answer(evidence).Paragraph, StringComparison.Ordinal);
    }

    [Fact]
    public void ReactionsCountFromTheRoundOfTheChange()
    {
        // The best item is 0 in rounds 1 and 2, and 1 from round 3 on.
        double?[][] truth = [[.7, .2], [.7, .2], [.3, .6], [.3, .6], [.3, .6]];
        var (quick, slow) = (new QuestionRun("quick") { Agent = "quick", Environment = "drift" }, new QuestionRun("slow") { Agent = "slow", Environment = "drift" });
        var evidence = new Evidence(
        [
            .. new[] { 1L, 2 }.Select(seed => Planted.Run(quick, seed, .6, insight: Insights.ByRound(truth, [0, 0, 2, 8, 9]))),
            .. new[] { 1L, 2 }.Select(seed => Planted.Run(slow, seed, .2, insight: Insights.ByRound(truth, [0, 0, 0, 1, 5]))),
        ]);

        var answer = ReactionQuestion.Answer(evidence);

        // quick: 2 of 10 in round 3, 8 of 10 in round 4: one iteration. slow: half is not more than half, so never; three rounds were left.
        Assert.Contains("Other items become the best in iteration 3.", answer.Paragraph, StringComparison.Ordinal);
        Assert.Contains("is that of quick, 1.0 ± 0.0. Worse by more than chance explains is slow (by 2.0 ± 0.0).", answer.Paragraph, StringComparison.Ordinal);
        Assert.Contains("In no run slow reacts before the end", answer.Paragraph, StringComparison.Ordinal);
        // Shares of what is best at the time: of item 0 in the first two rounds, all.
        Assert.Equal([1, 1, .2, .8, .9], Assert.IsType<LinePicture>(answer.Pictures[0]).Lines[0].Points.Select(point => Math.Round(point.Y, 9)));
    }

    [Fact]
    public void WithoutAChangeNothingIsSaidOfReactions()
    {
        var run = new QuestionRun("x") { Agent = "x", Environment = "drift" };
        double?[][] truth = [[.7, .2], [.7, .2]];

        Assert.Equal("Within 2 iterations the best items do not change, so nothing can be said of reactions.", ReactionQuestion.Answer(new Evidence([Planted.Run(run, 1, .6, insight: Insights.ByRound(truth, [0, 0]))])).Paragraph);
    }

    [Fact]
    public void TheItemRecommendedMostIsCountedOverRuns()
    {
        var run = new QuestionRun("x") { Agent = "x", Environment = "context" };
        // Of 100 users, 80 and 60 get the first item, the others the second: shares .7 and .3; the two runs differ by .2, so the error is .1 and the half width t₁ = 12.706 times that.
        var evidence = new Evidence([Planted.Run(run, 1, .7, insight: Insights.Final(80, 20)), Planted.Run(run, 2, .7, insight: Insights.Final(60, 40))]);

        var answer = MostRecommendedQuestion.Answer(evidence);

        Assert.Contains("x recommends First [film] most, to 70.0 % of the users (± 127.1 %); it is first in 2 of 2 runs, and 2 of 3 items go to 1 % of the users or more.", answer.Paragraph, StringComparison.Ordinal);
        Assert.Contains("By the truth the item liked best on average is First [film], with 0.750 expected clicks", answer.Paragraph, StringComparison.Ordinal);
    }

    [Fact]
    public void WeightsThatDifferFromZeroAreToldFromThoseThatDoNot()
    {
        var run = new QuestionRun("x") { Agent = "x", Environment = "context" };
        RunInsight Weighing(double age, double income) => Insights.Final(50, 50) with { Weights = new WeightInsight("response", ["bias", "age", "income"], [0], [[.9, age, income]]) };
        // age: .30, .31, .32, mean .31, error .01/√3, t₂ = 53.7, p < .001. income: −.1, .1, 0: mean 0. The bias does not count.
        var evidence = new Evidence([Planted.Run(run, 1, .7, insight: Weighing(.30, -.1)), Planted.Run(run, 2, .7, insight: Weighing(.31, .1)), Planted.Run(run, 3, .7, insight: Weighing(.32, 0))]);

        Assert.Equal(
            "The largest weight of x, in units of clicks per unit of the feature, is 0.310 ± 0.025 for age of item First [film]; 1 of 2 differ from 0 by more than chance explains, and their mean size is 0.310 for age and 0.000 for income.",
            WeightQuestion.Answer(evidence).Paragraph);
    }

    [Fact]
    public void NeighboursThatShareAGenreNoMoreThanByChanceAreSaidNotTo()
    {
        RunInsight Placed(double genre, double year) => Insights.Final(50, 50) with
        {
            Embeddings = new ItemPlane([0, 1], [0, 1], [0, 1], [.6, .3], 4, [new Neighbourhood("genre", genre, .2, 2), new Neighbourhood("year", year, .2, 2)]),
        };
        var run = new QuestionRun("x") { Agent = "x", Environment = "personal" };
        // genre: .30, .31, .32 against .2: .11 ± .0248. year: .1, .2, .3 against .2: 0.
        var evidence = new Evidence([Planted.Run(run, 1, .7, insight: Placed(.30, .1)), Planted.Run(run, 2, .7, insight: Placed(.31, .2)), Planted.Run(run, 3, .7, insight: Placed(.32, .3))]);

        var text = EmbeddingQuestion.Answer(evidence).Paragraph;

        Assert.Contains("The share of an item's nearest 10 that have its genre is higher by 0.110 ± 0.025 for x than for neighbours drawn at random, 0.200.", text, StringComparison.Ordinal);
        Assert.Contains("The share of an item's nearest 10 that have its year (decade) does not differ between x and neighbours drawn at random, 0.200 by more than chance explains", text, StringComparison.Ordinal);
    }

    [Fact]
    public void TheItemWhoseEstimateIsFarthestFromTheTruthIsNamed()
    {
        var run = new QuestionRun("x") { Agent = "x", Environment = "popular" };
        var evidence = new Evidence([Planted.Run(run, 1, .7, insight: Insights.ByRound([[.7, .2], [.7, .2]], [4, 3], [[.5, .5], [.69, .4]]))]);

        var answer = EstimateQuestions.Answer(evidence);

        // Item 1 is off by .2 and was shown 4 + 3 times.
        Assert.Contains("x is for item 51: 0.400 against 0.200, from 7.0 showings by then.", answer.Paragraph, StringComparison.Ordinal);
        Assert.Contains("x,51,1,0.5,0.2,4\n", answer.Table.ToCsv(), StringComparison.Ordinal);
    }
}
