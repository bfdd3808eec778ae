using RecDeepRL.Experiments.Statistics;

namespace RecDeepRL.Experiments.Questions;

/// <summary>One measure of one candidate, seed by seed.</summary>
/// <param name="Label">What the candidate is called.</param>
/// <param name="Setting">Under what it was measured, in words; may be empty.</param>
/// <param name="Value">The setting as a number, where it is one.</param>
/// <param name="BySeed">At least one finite value.</param>
public sealed record Figure(string Label, string Setting, double? Value, IReadOnlyDictionary<long, double> BySeed)
{
    public string Name => Setting.Length == 0 ? Label : $"{Label}, {Setting}";

    public Interval Interval => Interval.Of(BySeed.Values);

    /// <summary>This minus another, on the seeds that both have met; none without any.</summary>
    public PairedDifference? Minus(Figure other)
    {
        var pairs = BySeed.Where(one => other.BySeed.ContainsKey(one.Key)).OrderBy(one => one.Key).Select(one => (one.Value, other.BySeed[one.Key])).ToList();
        return pairs.Count == 0 ? null : PairedDifference.Of(pairs);
    }
}
