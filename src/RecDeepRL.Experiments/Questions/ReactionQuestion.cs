using RecDeepRL.Experiments.Insight;

namespace RecDeepRL.Experiments.Questions;

/// <summary>How long it takes to notice that other items have become the best.</summary>
internal static class ReactionQuestion
{
    private const int MostCurves = 8;

    /// <summary>The truth is kept with six digits.</summary>
    private const double Same = 1e-5;

    public static Question Question { get; } = new()
    {
        Name = "task3-reaction",
        Asks = "Which bandits react fastest when other items become the best?",
        Takes = "three minutes",
        Insight = QuestionInsight.EveryRound,
        Runs = [.. QuestionRun.All("drift", "greedy", "epsilon-greedy", "softmax", "ucb", "kl-ucb", "thompson", "gaussian-thompson"), .. QuestionRun.All("drift", Bandits.Forgetful)],
        Answer = Answer,
    };

    internal static Answer Answer(Evidence evidence)
    {
        var truths = evidence.Runs.GroupBy(run => run.Seed).ToDictionary(seed => seed.Key, seed => Truth.Of([.. seed.Select(run => run.Insight).OfType<RunInsight>()]));
        double Left(ObservedRun run) => truths[run.Seed] is { } truth ? run.Insight!.Snapshots.Count - truth.Change : double.NaN;
        double Reacted(ObservedRun run) => truths[run.Seed] is { } truth ? ReactionOf(run.Insight!, truth) ?? double.NaN : double.NaN;
        var measure = new Measure(
            "number of iterations from the change until the new best items are in more than half of the slates", "iterations_to_react",
            run => Reacted(run) is var reacted && double.IsNaN(reacted) ? Left(run) : reacted, 1, HighestIsBest: false);
        var figures = evidence.Of(measure);
        var shares = evidence.Runs.GroupBy(run => run.Run.Label).Select(agent => new PictureLine(agent.Key, Curves.Over(agent, run => truths[run.Seed] is { } truth
            ? run.Insight!.Snapshots.Index().Select(one => (one.Item.Iteration, truth.Share(one.Item, one.Index))) : []))).ToList();
        var findings = new List<string>();
        if (figures.Count == 0)
        {
            findings.Add($"Within {evidence.Runs.Max(run => run.Insight?.Snapshots.Count ?? 0)} iterations the best items do not change, so nothing can be said of reactions.");
        }
        else
        {
            var changes = truths.Values.OfType<Truth>().Select(truth => truth.Change + 1).Distinct().Order().ToList();
            var never = evidence.Runs.Where(run => truths[run.Seed] is not null).GroupBy(run => run.Run.Label).Select(agent => (agent.Key, Count: agent.Count(run => double.IsNaN(Reacted(run))), All: agent.Count())).ToList();
            findings.Add($"Other items become the best in iteration {Wording.List([.. changes.Select(change => change.ToString(System.Globalization.CultureInfo.InvariantCulture))])}.");
            findings.Add(Wording.Ranked(measure, figures));
            var none = never.Where(one => one.Count == one.All).Select(one => one.Key).ToList();
            if (none.Count > 0)
                findings.Add($"In no run {Wording.List(none)} {(none.Count == 1 ? "reacts" : "react")} before the end; such runs count with the iterations that were left.");
            var some = never.Where(one => one.Count > 0 && one.Count < one.All).Select(one => $"{one.Key} in {one.Count} of {one.All}").ToList();
            if (some.Count > 0)
                findings.Add($"Some runs never react either, and count with the iterations that were left: {Wording.List(some)}.");
        }
        var fastest = figures.OrderBy(figure => figure.Interval.Mean).Take(MostCurves).Select(figure => figure.Label).ToList();
        return new Answer
        {
            Findings = findings,
            Table = AnswerTable.Of(evidence, measure, Measures.Training, Measures.Final),
            Pictures = [new LinePicture("", "Share of the slates that hold an item that is best at the time", "iteration", "share of the slates", [.. shares.Where(line => fastest.Contains(line.Label)).OrderBy(line => fastest.IndexOf(line.Label))])],
        };
    }

    /// <returns>Iterations after that of the change; none where the end comes first.</returns>
    private static double? ReactionOf(RunInsight insight, Truth truth)
    {
        for (var round = truth.Change; round < insight.Snapshots.Count; round++)
        {
            if (truth.NewShare(insight.Snapshots[round], round) > 0.5)
                return round - truth.Change;
        }
        return null;
    }

    /// <summary>Which items were best in each round.</summary>
    /// <param name="Change">The first round, from 0, in which none of the items best at the beginning is among the best.</param>
    /// <param name="Best">By round.</param>
    private sealed record Truth(int Change, IReadOnlyList<HashSet<int>> Best)
    {
        /// <param name="insights">Of one seed; the truth is the same for all, but kept only where an agent estimates.</param>
        /// <returns>None where it is not known or does not change.</returns>
        public static Truth? Of(IReadOnlyList<RunInsight> insights)
        {
            if (insights.FirstOrDefault(insight => insight.Snapshots.Count > 0 && insight.Snapshots[^1].Estimates is not null) is not { } known)
                return null;
            // What stands in a snapshot is the truth after its round, so that of the next one.
            List<HashSet<int>> best = [BestOf([.. known.Items.Select(item => item.Expected)]), .. Enumerable.Range(0, known.Snapshots.Count - 1).Select(round => BestOf(known.TruthOf(round) ?? []))];
            var change = best.FindIndex(items => items.Count > 0 && !items.Overlaps(best[0]));
            return change < 0 ? null : new Truth(change, best);
        }

        /// <summary>Share of the slates that held one of the best of the round; with slates of one item, at most 1.</summary>
        public double Share(InsightSnapshot snapshot, int round) => snapshot.Users == 0 ? double.NaN : (double)Best[round].Sum(item => snapshot.Shown[item]) / snapshot.Users;

        /// <summary>The same, of a round after the change.</summary>
        public double NewShare(InsightSnapshot snapshot, int round) => Best[round].Overlaps(Best[0]) ? double.NaN : Share(snapshot, round);

        private static HashSet<int> BestOf(IReadOnlyList<double?> truth) => [.. Enumerable.Range(0, truth.Count).Where(item => truth[item] >= truth.Max() - Same)];
    }
}
