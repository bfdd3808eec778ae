using System.Globalization;
using RecDeepRL.Experiments.Insight;
using RecDeepRL.Reporting.Insight;

namespace RecDeepRL.Reporting.Reports;

/// <summary>What an agent recommended, estimated and learned, and who gains by it. [T] are the tracked items.</summary>
/// <param name="prefix">Begins the names of the charts, where a report shows several agents.</param>
internal sealed class InsightSections(RunInsight insight, string prefix = "")
{
    private const int MostRows = 30;
    private const int MostLines = 8;
    private const int MostGroups = 8;
    private const int MostColumns = 100;

    public IEnumerable<ReportSection> Build()
    {
        if (insight.Snapshots.Any(snapshot => snapshot.Users > 0))
            yield return new ReportSection("shown", "What it recommended", [new ReportText(InsightTables.LockInSentence(insight, LockIn.UsualShare)), Items(), Shares(), Spread()]);
        List<ReportBlock> learned = [];
        if (insight.Snapshots.Any(snapshot => snapshot.Estimates is not null))
            learned.Add(Estimates());
        if (insight.Weights is { Items.Count: > 0, Features.Count: > 0 } weights)
            learned.Add(Weights(weights));
        if (insight.Embeddings is { } plane)
            learned.AddRange(Planes(plane));
        if (learned.Count > 0)
            yield return new ReportSection("learned", "What it learned", learned);
        List<ReportBlock> users = [];
        if (insight.Groupings.Count > 0)
            users.AddRange([Segments(), .. insight.Final is null ? [] : SegmentBars()]);
        users.AddRange(UserFigures());
        if (insight.Sessions is { } sessions && sessions.Lengths.Any(count => count > 0))
            users.Add(Lengths(sessions));
        if (users.Count > 0)
            yield return new ReportSection("users", "Who gains, who loses", users);
    }

    private string NameOf(int item) => insight.Items[item].Name;

    private IEnumerable<int> MostShown() => Enumerable.Range(0, insight.Items.Count).OrderByDescending(item => insight.Shown[insight.Items[item].Id]);

    /// <summary>Snapshots that charts by column show: all, or as many spread evenly.</summary>
    private List<int> Columns() => insight.Snapshots.Count <= MostColumns
        ? [.. Enumerable.Range(0, insight.Snapshots.Count)]
        : [.. Enumerable.Range(0, MostColumns).Select(column => (int)((long)column * (insight.Snapshots.Count - 1) / (MostColumns - 1)))];

    private ReportTable Items()
    {
        var slates = insight.Snapshots.Sum(one => one.Users) + (insight.Pending?.Users ?? 0);
        var truth = insight.TruthOf(insight.Snapshots.Count - 1);
        var settled = LockIn.Of(insight).ToDictionary(one => one.Item, one => one.Iteration);
        var labels = insight.Items.SelectMany(item => item.Labels.Keys).Distinct().ToList();
        return new ReportTable(
            "The items it recommended most: share of the slates that held them, what the agent expects of them and what is true. Settled on is an item that keeps half of the slates to the end.",
            [
                new("item", IsNumber: false), .. labels.Select(label => new ReportColumn(label, IsNumber: false)), new("while training"), new("in exploit mode"), new("estimate"), new("truth"), new("settled after"),
            ],
            [.. MostShown().Take(MostRows).Where(item => insight.Shown[insight.Items[item].Id] > 0).Select(item => new ReportRow(
            [
                NameOf(item), .. labels.Select(label => new ReportCell(insight.Items[item].Labels.GetValueOrDefault(label, ""))),
                Share(insight.Shown[insight.Items[item].Id], slates), insight.Final is { } final ? Share(final.Shown[item], insight.UserCount) : new("", double.NaN),
                Number(insight.Snapshots[^1].Estimates?[item]), Number(truth?[item] ?? insight.Items[item].Expected),
                settled.TryGetValue(item, out var iteration) ? new(iteration.ToString(CultureInfo.InvariantCulture), iteration) : new("", double.NaN),
            ]))]);

        static ReportCell Share(long count, long of) => new(Figure.Percent((double)count / of), (double)count / of);

        static ReportCell Number(double? value) => new(Figure.Of(value), value ?? double.NaN);
    }

    private HeatChart Shares()
    {
        int[] rows = [.. MostShown().Take(MostRows)];
        var columns = Columns();
        double[][] values = [.. rows.Select(item => (double[])[.. columns.Select(column => insight.Snapshots[column] is { Users: > 0 } one ? (double)one.Shown[item] / one.Users : double.NaN)])];
        return new HeatChart
        {
            Id = prefix + "shares",
            Title = "Share of the slates that held each item",
            Description = $"The {(rows.Length == insight.Items.Count ? "items" : $"{rows.Length} items")} shown most, by iteration. A row that turns dark to the end is an item that the agent settled on.",
            XName = "iteration",
            Rows = [.. rows.Select(NameOf)],
            Columns = [.. columns.Select(column => insight.Snapshots[column].Iteration.ToString(CultureInfo.InvariantCulture))],
            Values = values,
            Minimum = 0,
            Maximum = Math.Max(0.01, values.SelectMany(row => row).Where(double.IsFinite).DefaultIfEmpty(1).Max()),
            IsShare = true,
        };
    }

    private LineChart Spread()
    {
        (string Name, Func<Concentration, double> Of)[] figures = [("coverage", one => one.Coverage), ("entropy", one => one.Entropy), ("Gini", one => one.Gini), ("top item's share", one => one.TopShare)];
        return new LineChart
        {
            Id = prefix + "spread",
            Title = "How slates were spread over the items",
            Description = "Coverage: share of the items shown at all. Entropy: 100 % where all are shown alike, 0 where one fills all. Gini: 0 where all are shown alike. Top item's share: share of the slates that held the item shown most.",
            XName = "iteration",
            YName = "share",
            IsShare = true,
            Lines = [.. figures.Select((figure, place) => Line(figure.Name, place, true, one => one.Concentration is { } spread ? figure.Of(spread) : null))],
        };
    }

    private LineChart Estimates()
    {
        var isResponse = insight.EstimateKind == "response";
        int[] items = [.. MostShown().Take(MostLines / 2).Concat(Enumerable.Range(0, insight.Items.Count).OrderByDescending(item => insight.Items[item].Expected)).Distinct().Take(MostLines)];
        List<ChartLine> lines = [.. items.Select((item, place) => Line(NameOf(item), place, place < MostLines / 2, one => one.Estimates?[item]))];
        if (isResponse)
        {
            lines.AddRange(items.Select((item, place) => new ChartLine(
                $"{NameOf(item)}, truth", place, place < MostLines / 2, [.. insight.Snapshots.Select(one => (double)one.Iteration)],
                [.. insight.Snapshots.Select((_, index) => insight.TruthOf(index)?[item] ?? double.NaN)], [], []) { IsReference = true }));
        }
        return new LineChart
        {
            Id = prefix + "estimates",
            Title = isResponse ? "Its estimates against the truth" : "Its scores of items",
            Description = isResponse
                ? "Each item's estimated response by iteration, mean over users, and, dotted, its true one: the items shown most and those that are best in truth."
                : "Each item's score by iteration, mean over users, in a unit of the agent's own: only their order can be right. The items shown most and those that are best in truth.",
            XName = "iteration",
            YName = isResponse ? "expected response" : "score",
            Lines = lines,
        };
    }

    private HeatChart Weights(WeightInsight weights)
    {
        int[] rows = [.. Enumerable.Range(0, weights.Items.Count).OrderByDescending(row => insight.Shown[insight.Items[weights.Items[row]].Id]).Take(MostRows)];
        double[][] values = [.. rows.Select(row => (double[])[.. weights.Values[row].Select(value => value ?? double.NaN)])];
        var most = Math.Max(1e-9, values.SelectMany(row => row).Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(1).Max());
        return new HeatChart
        {
            Id = prefix + "weights",
            Title = "Its weights",
            Description = $"What each feature adds to the {weights.Scale} of each item, as of the last round; items shown most first.",
            Rows = [.. rows.Select(row => NameOf(weights.Items[row]))],
            Columns = weights.Features,
            Values = values,
            Minimum = -most,
            Maximum = most,
            IsDiverging = true,
        };
    }

    private IEnumerable<PointChart> Planes(ItemPlane plane)
    {
        var labels = insight.Items.SelectMany(item => item.Labels.Keys).Distinct().ToList();
        foreach (var (number, label) in labels.Append(null).Index())
        {
            var groups = plane.Items.Index().GroupBy(one => label is null ? Quarter(one.Item) : Neighbourhood.GroupOf(insight.Items[one.Item], label) ?? "not known").OrderByDescending(group => group.Count()).ToList();
            var named = groups.Take(MostGroups - 1).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => (group.Key, Members: group.ToList())).ToList();
            if (groups.Count > named.Count)
                named.Add(("others", [.. groups.Skip(MostGroups - 1).SelectMany(group => group)]));
            var shares = plane.Neighbourhoods.FirstOrDefault(one => one.Label == label);
            yield return new PointChart
            {
                Id = $"{prefix}vectors-{number + 1}",
                Title = $"Its item vectors by {label ?? "true response"}",
                Description = $"Vectors of {Figure.Count(plane.Dimensions, "dimension", "dimensions")} along their first two principal components. Items that lie together are alike to the agent."
                    + (shares is null ? "" : $" Of an item's {ItemPlane.Neighbours} nearest, {Figure.Percent(shares.Shared)} share its {label}; by chance it would be {Figure.Percent(shares.ByChance)}."),
                XName = $"first component ({Figure.Percent(plane.Explained[0])} of the variance)",
                YName = plane.Explained.Count > 1 ? $"second ({Figure.Percent(plane.Explained[1])})" : "",
                Groups = [.. named.Select(group => new PointGroup(
                    group.Key, [.. group.Members.Select(one => plane.X[one.Index])], [.. group.Members.Select(one => plane.Y[one.Index])], [.. group.Members.Select(one => NameOf(one.Item))]))],
            };
        }
    }

    private string Quarter(int item)
    {
        if (insight.Items[item].Expected is not { } own)
            return "not known";
        var below = insight.Items.Count(other => other.Expected < own);
        return (4 * below / insight.Items.Count) switch { 0 => "lowest quarter", 1 => "third quarter", 2 => "second quarter", _ => "highest quarter" };
    }

    private ReportTable Segments()
    {
        var isFinal = insight.Final is not null;
        return new ReportTable(
            "Responses by user segment, so that a mean does not hide who loses.",
            [
                new("users", IsNumber: false), new("by", IsNumber: false), new("how many"), new("responses per slate while training"),
                .. isFinal ? [new("expected, exploit mode"), new("best possible"), new("share of it")] : (ReportColumn[])[],
            ],
            [.. insight.Groupings.SelectMany(grouping => grouping.Segments.Select(segment => new ReportRow(
            [
                segment.Name, grouping.Name, new(segment.Users.ToString(CultureInfo.InvariantCulture), segment.Users), new(Figure.Of(segment.MeanResponses), segment.MeanResponses),
                .. isFinal ? [new(Figure.Of(segment.Expected), segment.Expected ?? double.NaN), new(Figure.Of(segment.Oracle), segment.Oracle ?? double.NaN), ShareOf(segment)] : (ReportCell[])[],
            ])))]);

        static ReportCell ShareOf(UserSegment segment) => segment.Oracle > 0 && segment.Expected is { } expected ? new(Figure.Percent(expected / segment.Oracle.Value), expected / segment.Oracle) : new("", double.NaN);
    }

    private List<ReportBlock> SegmentBars()
    {
        List<ChartBar> bars =
        [
            .. from grouping in insight.Groupings
               from segment in grouping.Segments
               where segment is { Oracle: > 0, Expected: not null }
               select new ChartBar(segment.Name, segment.Expected!.Value / segment.Oracle!.Value, double.NaN, double.NaN),
        ];
        return bars.Count == 0 ? [] :
        [
            new BarChart
            {
                Id = prefix + "segments",
                Title = "Share of the best possible, by user segment",
                Description = "What exploit mode is expected to bring each segment after the last round, as a share of what the best slates for its users would.",
                XName = "share of the best possible",
                IsShare = true,
                Bars = bars,
                Marks = [new ChartMark("best possible", 1)],
            },
        ];
    }

    private IEnumerable<LineChart> UserFigures()
    {
        foreach (var (number, name) in insight.Snapshots.SelectMany(snapshot => snapshot.UserFigures.Keys).Distinct().Index())
            yield return Chart($"users-{number + 1}", $"Users' {name}", $"Mean {name} of the users after each round.", name, one => one.UserFigures.GetValueOrDefault(name));
        if (insight.Snapshots.Any(snapshot => snapshot.SessionRounds is not null))
            yield return Chart("session-rounds", "Rounds of a session", "Mean rounds of the sessions that ended, by when they ended.", "rounds", one => one.SessionRounds);

        LineChart Chart(string id, string title, string description, string y, Func<InsightSnapshot, double?> of) =>
            new() { Id = prefix + id, Title = title, Description = description, XName = "iteration", YName = y, Lines = [Line(y, 0, true, of)] };
    }

    private BarChart Lengths(SessionInsight sessions) => new()
    {
        Id = prefix + "session-lengths",
        Title = "How long sessions lasted",
        Description = $"Sessions by the number of rounds after which they ended. {string.Join(", ", sessions.Reasons.Select(reason => $"{(reason.Key == "limit" ? "ended by the limit" : "left by " + reason.Key)}: {reason.Value.ToString(CultureInfo.InvariantCulture)}"))}.",
        XName = "sessions",
        Bars = [.. sessions.Lengths.Index().Where(one => one.Item > 0).Select(one => new ChartBar(Figure.Count(one.Index, "round", "rounds"), one.Item, double.NaN, double.NaN))],
    };

    private ChartLine Line(string name, int slot, bool isShown, Func<InsightSnapshot, double?> of) => new(
        name, slot, isShown, [.. insight.Snapshots.Select(one => (double)one.Iteration)], [.. insight.Snapshots.Select(one => of(one) ?? double.NaN)], [], []);
}
