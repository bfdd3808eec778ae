using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Statistics;
using TorchSharp;

namespace RecDeepRL.Experiments.Tuning;

/// <summary>One candidate of a search with what is known of it.</summary>
/// <param name="Plan">The run, with the candidate's options.</param>
/// <param name="Options">The searched options with their values, as <c>key=value</c> separated by semicolons; of the start, those it begins with.</param>
/// <param name="Rows">A row for each seed it has met.</param>
public sealed record TuningCandidate(RunPlan Plan, string Options, IReadOnlyList<ComparisonRow> Rows)
{
    /// <summary>The figure that decides, for each seed.</summary>
    public IReadOnlyDictionary<long, double> Scores(TuningMetric metric) => Rows.ToDictionary(row => row.Seed, row => Of(row, metric));

    /// <summary>Mean over the seeds it has met; −∞ where it has met none, since every run failed.</summary>
    public double Mean(TuningMetric metric) => Rows.Count == 0 ? double.NegativeInfinity : Rows.Average(row => Of(row, metric));

    /// <summary>How much better it is than another, paired by seed; none without a common seed.</summary>
    public Interval? Ahead(TuningCandidate other, TuningMetric metric)
    {
        var (own, others) = (Scores(metric), other.Scores(metric));
        var pairs = own.Where(score => others.ContainsKey(score.Key)).Select(score => score.Value - others[score.Key]).ToList();
        return pairs.Count == 0 ? null : Interval.Of(pairs);
    }

    private static double Of(ComparisonRow row, TuningMetric metric) => metric switch
    {
        TuningMetric.Final => row.Final,
        TuningMetric.Training => row.TrainingMean,
        _ => (row.Final + row.TrainingMean) / 2,
    };
}

/// <summary>Searches options by successive halving (Karnin, Koren and Somekh 2013; Jamieson and Talwalkar 2016) over a grid, or over random draws
/// where the grid is larger than the budget or a range has no grid (Bergstra and Bengio 2012).</summary>
/// <remarks>The resource that is doubled is seeds: all candidates meet the same users and luck, so differences are paired. The start is never
/// dropped, so that the winner can be held against it on every seed.</remarks>
/// <param name="run">Runs a comparison.</param>
public sealed class Tuner(Catalog catalog, Func<ComparisonPlan, IReadOnlyList<ComparisonRow>> run)
{
    /// <summary>Called after each rung with its number from 0 and all candidates that took part, best first.</summary>
    public Action<int, IReadOnlyList<TuningCandidate>>? RungFinished { get; init; }

    /// <returns>All candidates: those with the most seeds first, then the best.</returns>
    /// <exception cref="UserMistakeException">A candidate's options do not go together.</exception>
    public IReadOnlyList<TuningCandidate> Search(TuningPlan plan)
    {
        var all = Candidates(plan);
        var alive = all;
        var met = 0;
        for (var rung = 0; rung <= plan.Halvings; rung++)
        {
            var count = (int)Math.Ceiling(plan.Seeds.Count / Math.Pow(2, plan.Halvings - rung));
            var seeds = plan.Seeds.Take(count).Skip(met).ToList();
            met = count;
            alive = [.. Run(alive, seeds).OrderByDescending(candidate => candidate.Mean(plan.Metric))];
            all = [.. all.Select(old => alive.FirstOrDefault(now => now.Options == old.Options) ?? old)];
            RungFinished?.Invoke(rung, alive);
            var start = all[0];
            alive = [start, .. alive.Take((alive.Count + 1) / 2).Where(candidate => candidate.Options != start.Options)];
        }
        return [.. all.OrderByDescending(candidate => candidate.Rows.Count).ThenByDescending(candidate => candidate.Mean(plan.Metric))];
    }

    /// <summary>The start, then the grid where it fits the budget, or else random draws; each once.</summary>
    internal List<TuningCandidate> Candidates(TuningPlan plan)
    {
        var start = plan.Start.Resolve(catalog);
        var candidates = new List<TuningCandidate> { Make(start, plan.Ranges.Select(range => (range.Name, start.AgentOptions[range.Name]))) };
        foreach (var values in Settings(plan))
        {
            var candidate = Make(start, plan.Ranges.Select(range => range.Name).Zip(values));
            if (candidates.Count < plan.Budget && candidates.All(one => one.Options != candidate.Options))
                candidates.Add(candidate);
        }
        return candidates;
    }

    private TuningCandidate Make(RunPlan start, IEnumerable<(string Name, string Value)> values)
    {
        var options = new Dictionary<string, string>(start.AgentOptions);
        foreach (var (name, value) in values)
            options[name] = value;
        var plan = (start with { AgentOptions = options }).Resolve(catalog);
        return new TuningCandidate(plan, string.Join(';', values.Select(one => $"{one.Name}={plan.AgentOptions[one.Name]}")), []);
    }

    private static IEnumerable<IReadOnlyList<string>> Settings(TuningPlan plan)
    {
        var gridSize = plan.Ranges.Aggregate(1L, (size, range) => Math.Min(size * (range.Values?.Count ?? int.MaxValue), int.MaxValue));
        if (gridSize <= plan.Budget)
            return plan.Ranges.Aggregate<SearchRange, IEnumerable<IReadOnlyList<string>>>([[]], (settings, range) => settings.SelectMany(setting => range.Values!.Select(value => (IReadOnlyList<string>)[.. setting, value])));
        // Twice as many as wanted, since some may come twice.
        return Draws(plan, 2 * plan.Budget);
    }

    private static IEnumerable<IReadOnlyList<string>> Draws(TuningPlan plan, int count)
    {
        var stream = new RandomStream(plan.SearchSeed, "tuning");
        for (var draw = 0; draw < count; draw++)
        {
            using var shares = stream.Uniform(draw, torch.CPU, plan.Ranges.Count);
            yield return [.. plan.Ranges.Zip(shares.data<float>().ToArray(), (range, share) => range.At(share))];
        }
    }

    private List<TuningCandidate> Run(List<TuningCandidate> candidates, List<long> seeds)
    {
        if (seeds.Count == 0)
            return [.. candidates];
        var rows = run(new ComparisonPlan { Pairs = [.. candidates.Select(candidate => candidate.Plan)], Seeds = seeds })
            .ToLookup(row => row.AgentOptions);
        return [.. candidates.Select(candidate => candidate with { Rows = [.. candidate.Rows, .. rows[candidate.Plan.ChangedAgentOptions(catalog)]] })];
    }
}
