using RecDeepRL.Experiments.Insight;

namespace RecDeepRL.Experiments.Questions;

/// <summary>Whether items that agents learn to be alike are alike to people.</summary>
internal static class EmbeddingQuestion
{
    /// <summary>What stands in where items have no labels, and beside them.</summary>
    private const string Popularity = "popularity";

    private const int MostGroups = 8;

    public static Question Question { get; } = new()
    {
        Name = "task4-embeddings",
        Asks = "Do learned item embeddings cluster by genre or year?",
        Takes = "half an hour",
        Insight = QuestionInsight.AtTheEnd,
        Runs = [.. QuestionRun.All("personal", "implicit-als", "logistic-mf", "two-tower", "neural-cf").Select(run => run.Under("", "populationSeed=1"))],
        Answer = Answer,
    };

    internal static Answer Answer(Evidence evidence)
    {
        var (findings, rows, pictures) = (new List<string>(), new List<IReadOnlyList<object?>>(), new List<AnswerPicture>());
        var labels = evidence.Runs.SelectMany(run => run.Insight?.Embeddings?.Neighbourhoods ?? []).Select(one => one.Label).Distinct().ToList();
        findings.AddRange(labels.Count > 0 ? [] : ["The items have neither genre nor year here (the original's data has: --data), so popularity alone can be looked at."]);
        foreach (var label in labels.Append(Popularity))
        {
            var shared = new Measure($"share of an item's nearest {ItemPlane.Neighbours} that have its {label}{(label == "year" ? " (decade)" : label == Popularity ? " (quarter)" : "")}", "shared_" + label, run => AgreementOf(run, label)?.Shared ?? double.NaN, 3);
            var chance = shared with { Of = run => AgreementOf(run, label)?.ByChance ?? double.NaN };
            var (learned, expected) = (evidence.Of(shared), evidence.Of(chance).ToDictionary(figure => figure.Name));
            if (learned.Count == 0)
                continue;
            findings.AddRange(Wording.Compared(shared, [.. learned.Select(figure => (figure, expected[figure.Name] with { Label = "neighbours drawn at random", Setting = Wording.Number(expected[figure.Name].Interval.Mean, 3) }))]));
            rows.AddRange(learned.Select(figure => (IReadOnlyList<object?>)[figure.Label, label, figure.Interval.Mean, figure.Interval.HalfWidth, expected[figure.Name].Interval.Mean, figure.BySeed.Count]));
        }
        foreach (var label in labels.DefaultIfEmpty(Popularity))
        {
            foreach (var run in evidence.Runs.Where(run => run.Insight?.Embeddings is not null).DistinctBy(run => run.Run.Label))
                pictures.Add(Picture(pictures.Count == 0 ? "" : $"{run.Run.Label}-{label}", run, label));
        }
        return new Answer
        {
            Findings = findings,
            Table = new AnswerTable(["agent", "label", "shared", "shared_half_width", "by_chance", "runs"], rows),
            Pictures = pictures.Count > 0 ? pictures : [new PlanePicture("", "No embeddings", [])],
        };
    }

    private static Neighbourhood? AgreementOf(ObservedRun run, string label)
    {
        if (run.Insight?.Embeddings is not { } plane)
            return null;
        return label != Popularity ? plane.Neighbourhoods.FirstOrDefault(one => one.Label == label) : ByPopularity(run.Insight, plane);
    }

    /// <summary>Of items drawn as neighbours in the plane, which is all that is kept of the vectors.</summary>
    private static Neighbourhood? ByPopularity(RunInsight insight, ItemPlane plane)
    {
        string[] groups = [.. plane.Items.Select(item => Quarter(insight, item))];
        var neighbours = Math.Min(ItemPlane.Neighbours, groups.Length - 1);
        if (neighbours < 1 || groups.Distinct().Count() < 2)
            return null;
        var alike = Enumerable.Range(0, groups.Length).Average(item => Enumerable.Range(0, groups.Length).Where(other => other != item)
            .OrderBy(other => Math.Pow(plane.X[other] - plane.X[item], 2) + Math.Pow(plane.Y[other] - plane.Y[item], 2)).Take(neighbours).Count(other => groups[other] == groups[item]) / (double)neighbours);
        var byChance = groups.GroupBy(group => group).Sum(group => (double)group.Count() * (group.Count() - 1)) / ((double)groups.Length * (groups.Length - 1));
        return new Neighbourhood(Popularity, alike, byChance, groups.Length);
    }

    private static string Quarter(RunInsight insight, int item)
    {
        var below = insight.Items.Count(other => other.Expected < insight.Items[item].Expected);
        return (4 * below / insight.Items.Count) switch { 0 => "least popular quarter", 1 => "third quarter", 2 => "second quarter", _ => "most popular quarter" };
    }

    private static PlanePicture Picture(string name, ObservedRun run, string label)
    {
        var (insight, plane) = (run.Insight!, run.Insight!.Embeddings!);
        string[] groups = [.. plane.Items.Select(item => label == Popularity ? Quarter(insight, item) : Neighbourhood.GroupOf(insight.Items[item], label) ?? "not known")];
        var named = groups.GroupBy(group => group).OrderByDescending(group => group.Count()).Take(MostGroups).Select(group => group.Key).ToHashSet();
        return new PlanePicture(name, $"Item vectors of {run.Run.Label} by {label}, seed {run.Seed}",
            [.. groups.Index().Select(one => new PlanePoint(plane.X[one.Index], plane.Y[one.Index], named.Contains(one.Item) ? one.Item : "others"))]);
    }
}
