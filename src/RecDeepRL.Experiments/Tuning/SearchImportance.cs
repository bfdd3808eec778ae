using RecDeepRL.Core.Randomness;

namespace RecDeepRL.Experiments.Tuning;

/// <summary>The importance of every option of a search.</summary>
/// <param name="Options">Most important first.</param>
/// <param name="Fit">Share of the variance between candidates that the model foretells of candidates left out of its fit, at most 1; near 0 or below it, the
/// importances mean little.</param>
/// <param name="Candidates">Candidates that the model was fitted to.</param>
public sealed record SearchImportance(IReadOnlyList<OptionImportance> Options, double Fit, int Candidates)
{
    /// <summary>The fewest candidates from which anything can be told.</summary>
    public const int FewestCandidates = 5;

    /// <summary>Settings of the other options at which each option is varied; a grid of so many at most is taken whole.</summary>
    private const int SettingCount = 256;

    private const int AlternatingSteps = 100;

    /// <summary>Values at which an option with a range is varied.</summary>
    private const int Places = 24;

    /// <summary>Functional analysis of variance on a random forest that is fitted to the candidates' scores (Hutter, Hoos and Leyton-Brown, <i>An efficient
    /// approach for assessing hyperparameter importance</i>, ICML 2014).</summary>
    /// <remarks>Deviates: the marginals are means over settings drawn from the search's ranges, not exact integrals over the trees.</remarks>
    /// <param name="candidates">What a search came to.</param>
    /// <param name="start">The candidate that the search began with, which has met every seed.</param>
    /// <returns>None where fewer than <see cref="FewestCandidates"/> candidates have run, or none differs from another.</returns>
    public static SearchImportance? Of(TuningPlan plan, IReadOnlyList<TuningCandidate> candidates, TuningCandidate start)
    {
        var scores = (from candidate in candidates.Index()
                      from score in candidate.Item.Scores(plan.Metric)
                      select (Candidate: candidate.Index, Seed: score.Key, Score: score.Value)).ToList();
        var seeds = SeedEffects(scores);
        var level = scores.Where(one => candidates[one.Candidate] == start).Average(one => one.Score - seeds[one.Seed]);
        var examples = scores.ConvertAll(one => new ScoredSetting(
            one.Candidate, Numbers(plan.Ranges, [.. plan.Ranges.Select(range => candidates[one.Candidate].Plan.AgentOptions[range.Name])]), one.Score - seeds[one.Seed] - level));
        var count = examples.DistinctBy(example => example.Candidate).Count();
        return count < FewestCandidates || examples.TrueForAll(example => example.Score == examples[0].Score)
            ? null
            : new SearchImportance(Of(plan.Ranges, OptionForest.Fit(examples).Predict, plan.SearchSeed), OptionForest.LeftOutFit(examples), count);
    }

    /// <summary>What a seed does to all candidates alike, which is no effect of an option. By least squares of score = candidate + seed, since the better candidates
    /// have met more seeds: a plain mean over those that met a seed would take their merit for the seed's.</summary>
    internal static IReadOnlyDictionary<long, double> SeedEffects(IReadOnlyList<(int Candidate, long Seed, double Score)> scores)
    {
        var seeds = scores.Select(one => one.Seed).Distinct().ToDictionary(seed => seed, _ => 0.0);
        // Alternating means converge, as the start has met every seed and so connects all; each step is the least-squares answer given the other side.
        for (var step = 0; step < AlternatingSteps; step++)
        {
            var candidates = scores.GroupBy(one => one.Candidate).ToDictionary(group => group.Key, group => group.Average(one => one.Score - seeds[one.Seed]));
            foreach (var group in scores.GroupBy(one => one.Seed).ToList())
                seeds[group.Key] = group.Average(one => one.Score - candidates[one.Candidate]);
        }
        return seeds;
    }

    /// <summary>The importance of options to a known function.</summary>
    /// <param name="score">From settings, each with a number for every range, to their scores.</param>
    internal static IReadOnlyList<OptionImportance> Of(IReadOnlyList<SearchRange> ranges, Func<IReadOnlyList<float[]>, IReadOnlyList<double>> score, long seed)
    {
        var settings = SettingsOf(ranges, seed);
        return
        [
            .. ranges.Select((range, place) => Of(range, Varied(ranges, place, settings, score))).OrderByDescending(one => one.WithOthers).ThenByDescending(one => one.Alone),
        ];
    }

    /// <param name="scores">By value of the option, then by setting of the others: the whole table of a two-way analysis of variance.</param>
    private static OptionImportance Of(SearchRange range, List<(string Value, IReadOnlyList<double> Scores)> scores)
    {
        var settings = scores[0].Scores.Count;
        var all = Variance([.. scores.SelectMany(one => one.Scores)]);
        var alone = Variance([.. scores.Select(one => one.Scores.Average())]);
        var withOthers = Enumerable.Range(0, settings).Average(setting => Variance([.. scores.Select(one => one.Scores[setting])]));
        return new OptionImportance(
            range.Name, all > 0 ? alone / all : 0, all > 0 ? withOthers / all : 0, [.. scores.Select(one => new OptionEffect(one.Value, one.Scores.Average()))]);
    }

    private static List<(string Value, IReadOnlyList<double> Scores)> Varied(
        IReadOnlyList<SearchRange> ranges, int place, List<string[]> settings, Func<IReadOnlyList<float[]>, IReadOnlyList<double>> score) =>
    [
        .. ranges[place].Shares(Places).Select(ranges[place].At).Distinct().Select(value => (value, score([.. settings.Select(setting =>
        {
            string[] changed = [.. setting];
            changed[place] = value;
            return Numbers(ranges, changed);
        })]))),
    ];

    /// <summary>All combinations of lists where they are few, else random ones, as the search draws them.</summary>
    private static List<string[]> SettingsOf(IReadOnlyList<SearchRange> ranges, long seed)
    {
        if (ranges.All(range => range.Values is not null) && ranges.Aggregate(1L, (size, range) => Math.Min(size * range.Values!.Count, int.MaxValue)) <= SettingCount)
            return ranges.Aggregate<SearchRange, IEnumerable<string[]>>([[]], (settings, range) => settings.SelectMany(setting => range.Values!.Select(value => (string[])[.. setting, value]))).ToList();
        var stream = new RandomStream(seed, "importance");
        return [.. Enumerable.Range(0, SettingCount).Select(draw => ranges.Select((range, place) => range.At(stream.Uniform(draw, place))).ToArray())];
    }

    private static float[] Numbers(IReadOnlyList<SearchRange> ranges, string[] values) => [.. ranges.Zip(values, (range, value) => (float)range.NumberOf(value))];

    private static double Variance(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        return values.Average(value => (value - mean) * (value - mean));
    }
}
