using System.Globalization;
using RecDeepRL.Experiments.Insight;
using Spectre.Console;

namespace RecDeepRL.Reporting.Insight;

/// <summary>What an agent did and thought, as tables.</summary>
public static class InsightTables
{
    private const int MostWeightColumns = 8;

    /// <summary>The tables that there is something to say in, most telling first.</summary>
    /// <param name="top">Items in the tables by item, at least 1.</param>
    /// <param name="lockShare">Share of the slates from which on an item counts as settled on.</param>
    public static IEnumerable<Table> Of(RunInsight insight, int top, double lockShare)
    {
        if (insight.Shown.Any(count => count > 0))
            yield return Items(insight, top, lockShare);
        yield return Spread(insight);
        if (insight.Snapshots.Any(snapshot => snapshot.Error is not null))
            yield return Estimates(insight);
        if (insight.Weights is { } weights)
            yield return Weights(insight, weights, top);
        if (insight.Groupings.Count > 0)
            yield return Segments(insight);
        if (insight.Embeddings is { Neighbourhoods.Count: > 0 } plane)
            yield return Neighbourhoods(plane);
        if (insight.Sessions is { } sessions)
            yield return Sessions(insight, sessions);
    }

    /// <summary>When the agent settled, in a sentence.</summary>
    public static string LockInSentence(RunInsight insight, double share)
    {
        var percent = EvaluationTable.Percent(share);
        var locked = LockIn.Of(insight, share);
        if (locked.Count == 0)
            return $"No item kept {percent} of the slates to the end: the agent settled on none.";
        var names = string.Join(", ", locked.Take(3).Select(one => $"{insight.Items[one.Item].Name} after iteration {one.Iteration} ({EvaluationTable.Percent(one.Share)} of the slates since)"));
        return $"At {percent} of the slates or more to the end: {names}{(locked.Count > 3 ? $" and {locked.Count - 3} more" : "")}.";
    }

    private static Table Items(RunInsight insight, int top, double lockShare)
    {
        var table = New("What it recommended most").AddColumn("item");
        var labels = insight.Items.SelectMany(item => item.Labels.Keys).Distinct().ToList();
        labels.ForEach(label => table.AddColumn(Markup.Escape(label)));
        foreach (var name in new[] { "while training", "last rounds", "exploit mode", "estimate", "expected", "settled after" })
            table.AddColumn(new TableColumn(name).RightAligned());
        var (slates, last) = (insight.Snapshots.Sum(one => one.Users) + (insight.Pending?.Users ?? 0), insight.Snapshots.Select((snapshot, index) => (snapshot, index)).LastOrDefault(one => one.snapshot.Users > 0));
        var place = insight.Items.Select((item, index) => (item.Id, index)).ToDictionary(pair => pair.Id, pair => pair.index);
        var truth = insight.Snapshots.Count == 0 ? null : insight.TruthOf(insight.Snapshots.Count - 1);
        var locked = LockIn.Of(insight, lockShare).ToDictionary(one => one.Item, one => one.Iteration);
        foreach (var id in Enumerable.Range(0, insight.ItemCount).Where(id => insight.Shown[id] > 0).OrderByDescending(id => insight.Shown[id]).Take(top))
        {
            var tracked = place.TryGetValue(id, out var index);
            table.AddRow(
            [
                Markup.Escape(tracked ? insight.Items[index].Name : $"number {id}"),
                .. labels.Select(label => Markup.Escape(tracked ? insight.Items[index].Labels.GetValueOrDefault(label, "") : "")),
                EvaluationTable.Percent((double)insight.Shown[id] / slates),
                tracked && last.snapshot is { } snapshot ? EvaluationTable.Percent((double)snapshot.Shown[index] / snapshot.Users) : "",
                tracked && insight.Final is { } final ? EvaluationTable.Percent((double)final.Shown[index] / insight.UserCount) : "",
                tracked ? Number(insight.Snapshots is [.., var latest] ? latest.Estimates?[index] : null) : "",
                tracked ? Number(truth?[index] ?? insight.Items[index].Expected) : "",
                tracked && locked.TryGetValue(index, out var iteration) ? iteration.ToString(CultureInfo.InvariantCulture) : "",
            ]);
        }
        return table;
    }

    private static Table Spread(RunInsight insight)
    {
        var table = New("How its slates were spread over the items").AddColumn("rounds");
        foreach (var name in new[] { "coverage", "entropy", "Gini", "top item's share" })
            table.AddColumn(new TableColumn(name).RightAligned());
        var filled = insight.Snapshots.Where(snapshot => snapshot.Concentration is not null).ToList();
        if (filled.Count > 0)
        {
            Add(Rounds(filled[0]), filled[0].Concentration!);
            if (filled.Count > 1)
                Add(Rounds(filled[^1]), filled[^1].Concentration!);
        }
        Add("all", insight.Overall);
        if (insight.Final is { } final)
            Add("exploit mode, all users", final.Concentration);
        return table;

        void Add(string name, Concentration one) => table.AddRow(
            name, EvaluationTable.Percent(one.Coverage), EvaluationTable.Number(one.Entropy), EvaluationTable.Number(one.Gini), EvaluationTable.Percent(one.TopShare));
    }

    private static Table Estimates(RunInsight insight)
    {
        var estimated = insight.Snapshots.Where(snapshot => snapshot.Error is not null).ToList();
        var table = New(insight.EstimateKind == "response" ? "Its estimates against the truth" : "Its scores against the truth (in a unit of their own: only their order can be right)").AddColumn("after iteration");
        foreach (var name in new[] { "error of a pair (RMS)", "error of an item's mean", "rank correlation" })
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var snapshot in new[] { estimated[0], estimated[estimated.Count / 2], estimated[^1] }.Distinct())
        {
            table.AddRow(
                snapshot.Iteration.ToString(CultureInfo.InvariantCulture), Number(snapshot.Error!.Pairs), Number(snapshot.Error.Items), Number(snapshot.Error.RankCorrelation));
        }
        return table;
    }

    private static Table Weights(RunInsight insight, WeightInsight weights, int top)
    {
        int[] columns = [.. Enumerable.Range(0, weights.Features.Count).Take(MostWeightColumns)];
        var left = weights.Features.Count - columns.Length;
        var table = New($"Its weights ({weights.Scale}){(left > 0 ? $", {left} more features in insight.json" : "")}").AddColumn("item");
        foreach (var column in columns)
            table.AddColumn(new TableColumn(Markup.Escape(weights.Features[column])).RightAligned());
        foreach (var row in Enumerable.Range(0, weights.Items.Count).OrderByDescending(row => insight.Shown[insight.Items[weights.Items[row]].Id]).Take(top))
            table.AddRow([Markup.Escape(insight.Items[weights.Items[row]].Name), .. columns.Select(column => Number(weights.Values[row][column]))]);
        return table;
    }

    private static Table Segments(RunInsight insight)
    {
        var table = New("Responses by user segment").AddColumn("by").AddColumn("users").AddColumn(new TableColumn("how many").RightAligned())
            .AddColumn(new TableColumn("responses/slate in training").RightAligned());
        var final = insight.Final is not null;
        if (final)
            table.AddColumn(new TableColumn("expected, exploit mode").RightAligned()).AddColumn(new TableColumn("best possible").RightAligned()).AddColumn(new TableColumn("share of it").RightAligned());
        foreach (var grouping in insight.Groupings)
        {
            foreach (var (index, segment) in grouping.Segments.Index())
            {
                table.AddRow(
                [
                    index == 0 ? Markup.Escape(grouping.Name) : "", Markup.Escape(segment.Name), segment.Users.ToString(CultureInfo.InvariantCulture), Number(segment.MeanResponses),
                    .. final ? [Number(segment.Expected), Number(segment.Oracle), segment.Oracle > 0 ? EvaluationTable.Percent(segment.Expected!.Value / segment.Oracle!.Value) : ""] : (string[])[],
                ]);
            }
        }
        return table;
    }

    private static Table Neighbourhoods(ItemPlane plane)
    {
        var table = New($"Do its item vectors ({plane.Dimensions} wide) cluster?").AddColumn("label");
        foreach (var name in new[] { "items", $"of {ItemPlane.Neighbours} neighbours share it", "by chance" })
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var one in plane.Neighbourhoods)
            table.AddRow(Markup.Escape(one.Label), one.Items.ToString(CultureInfo.InvariantCulture), EvaluationTable.Percent(one.Shared), EvaluationTable.Percent(one.ByChance));
        return table;
    }

    private static Table Sessions(RunInsight insight, SessionInsight sessions)
    {
        var (ended, rounds) = (sessions.Lengths.Sum(), sessions.Lengths.Select((count, length) => count * length).Sum());
        var table = New("Sessions and users' state").AddColumn("figure").AddColumn(new TableColumn("value").RightAligned());
        table.AddRow("sessions that ended", ended.ToString(CultureInfo.InvariantCulture));
        if (ended > 0)
            table.AddRow("mean rounds of a session", EvaluationTable.Number((double)rounds / ended));
        foreach (var (reason, count) in sessions.Reasons)
            table.AddRow(reason == "limit" ? "ended by the limit" : $"left by {Markup.Escape(reason)}", $"{count} ({EvaluationTable.Percent((double)count / Math.Max(1, ended))})");
        if (insight.Snapshots.Count > 0)
        {
            foreach (var (name, value) in insight.Snapshots[^1].UserFigures)
                table.AddRow($"mean {Markup.Escape(name)} at first and last", $"{Number(insight.Snapshots[0].UserFigures.GetValueOrDefault(name))} → {Number(value)}");
        }
        return table;
    }

    private static Table New(string title) => new Table().Border(TableBorder.Simple).Title(Markup.Escape(title));

    private static string Rounds(InsightSnapshot snapshot) => snapshot.Rounds == 1
        ? $"iteration {snapshot.Iteration}" : $"iterations {snapshot.Iteration - snapshot.Rounds + 1} to {snapshot.Iteration}";

    private static string Number(double? value) => value is { } number && double.IsFinite(number) ? EvaluationTable.Number(number) : "";
}
