using RecDeepRL.Core;
using RecDeepRL.Core.Options;

namespace RecDeepRL.Experiments.OffPolicy;

/// <summary>The estimators of what a policy would have earned per slate, from a log of another.</summary>
/// <remarks>w is a row's weight, r its response, q what a reward model expects of the shown item, v what it expects of the policy in the slot.
/// <list type="table">
/// <item><term>ips</term><description>mean of Σₖ w·r: inverse propensity scoring (Horvitz and Thompson 1952), unbiased where the log shows whatever the policy may show.</description></item>
/// <item><term>snips</term><description>Σₖ (Σ w·r / Σ w): self-normalised in each slot (Swaminathan and Joachims 2015); consistent, and never outside the range of the responses.</description></item>
/// <item><term>dm</term><description>mean of Σₖ v: the direct method, as good as the model.</description></item>
/// <item><term>dr</term><description>mean of Σₖ (v + w·(r − q)): doubly robust (Dudík et al. 2011), unbiased where either weights or model are right.</description></item>
/// <item><term>switch-dr</term><description>the same with w = 0 where w is above a threshold: there the model alone is believed (Wang, Agarwal and Dudík 2017).</description></item>
/// </list>
/// By slots as in Li et al. 2018 (the item-position model) for ips, and the same way for the others.</remarks>
public static class OffPolicyEstimators
{
    public const string SwitchDoublyRobust = "switch-dr";

    /// <summary>Names, in the order of tables.</summary>
    public static IReadOnlyList<string> Names { get; } = ["ips", "snips", "dm", "dr", SwitchDoublyRobust];

    /// <summary>One estimate without an interval.</summary>
    /// <param name="threshold">Largest weight that switch-dr uses.</param>
    /// <returns>Responses per slate; not a number where snips has a slot without any weight.</returns>
    public static double Value(OffPolicySample sample, string name, double threshold = double.PositiveInfinity) =>
        Terms(sample, name, threshold).Sum(term => term.Numerators.Sum() / term.Denominators.Sum());

    /// <summary>The ratios whose sum the estimate is.</summary>
    internal static IReadOnlyList<Ratio> Terms(OffPolicySample sample, string name, double threshold)
    {
        var (w, r, q, v) = (sample.Weights, sample.Responses, sample.Fitted, sample.ModelValues);
        return name switch
        {
            "ips" => [Ratio.Mean(BySlate(sample, row => w[row] * r[row]))],
            "snips" => [.. Enumerable.Range(0, sample.SlateSize).Select(slot => new Ratio(OfSlot(sample, slot, row => w[row] * r[row]), OfSlot(sample, slot, row => w[row])))],
            "dm" => [Ratio.Mean(BySlate(sample, row => v[row]))],
            "dr" => [Ratio.Mean(BySlate(sample, row => v[row] + (w[row] * (r[row] - q[row]))))],
            SwitchDoublyRobust => [Ratio.Mean(BySlate(sample, row => v[row] + (w[row] <= threshold ? w[row] * (r[row] - q[row]) : 0)))],
            _ => throw new UserMistakeException($"Unknown estimator '{name}'.{NearName.Suggest(name, Names)} There are {string.Join(", ", Names)}."),
        };
    }

    private static double[] BySlate(OffPolicySample sample, Func<int, double> ofRow)
    {
        var sums = new double[sample.SlateCount];
        for (var row = 0; row < sample.Weights.Length; row++)
            sums[row / sample.SlateSize] += ofRow(row);
        return sums;
    }

    private static double[] OfSlot(OffPolicySample sample, int slot, Func<int, double> ofRow) =>
        [.. Enumerable.Range(0, sample.SlateCount).Select(slate => ofRow((slate * sample.SlateSize) + slot))];
}
