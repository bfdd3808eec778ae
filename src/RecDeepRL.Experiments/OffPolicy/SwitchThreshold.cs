using MathNet.Numerics.Statistics;

namespace RecDeepRL.Experiments.OffPolicy;

/// <summary>Chooses the largest weight that switch-dr believes: where a bound of its mean squared error is least (Wang, Agarwal and Dudík 2017, section 3.1).</summary>
/// <remarks>Variance: that of the estimate over users. Bias: where the model alone is believed it errs by at most the range of the responses, so the bias
/// is at most range · Σₖ P(w &gt; τ) under the policy in question, and since the log tells no probabilities of items it did not show, that probability
/// is estimated by the mean of w·1(w &gt; τ), which has the same expectation. The bound thinks the worst of the model, so it cuts rarely: only where
/// large weights are as rare as they are large.</remarks>
internal static class SwitchThreshold
{
    private const int Steps = 40;

    /// <returns>One of the weights above 0: a quantile, or one of the largest, since it is they that matter most; 0 where no row has weight.</returns>
    public static double Choose(OffPolicySample sample)
    {
        var positive = sample.Weights.Where(weight => weight > 0).Order().ToArray();
        if (positive.Length == 0)
            return 0;
        var candidates = Enumerable.Range(0, Steps + 1).Select(step => SortedArrayStatistics.QuantileCustom(positive, (double)step / Steps, QuantileDefinition.EmpiricalInvCDF))
            .Concat(positive.Distinct().TakeLast(Steps)).Distinct().OrderDescending();
        return candidates.MinBy(threshold => Bound(sample, threshold));
    }

    /// <summary>Bound of the mean squared error with a threshold.</summary>
    public static double Bound(OffPolicySample sample, double threshold)
    {
        var range = sample.Responses.Max() - sample.Responses.Min();
        var bias = range * sample.Weights.Where(weight => weight > threshold).Sum() / sample.SlateCount;
        var error = ClusteredIntervals.Normal("", OffPolicyEstimators.Terms(sample, OffPolicyEstimators.SwitchDoublyRobust, threshold), sample.Users).StandardError;
        return (bias * bias) + (error * error);
    }
}
