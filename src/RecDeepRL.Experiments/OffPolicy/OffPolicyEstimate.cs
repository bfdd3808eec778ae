namespace RecDeepRL.Experiments.OffPolicy;

/// <summary>One estimator's answer, in responses per slate.</summary>
/// <param name="Estimator">One of <see cref="OffPolicyEstimators.Names"/>.</param>
/// <param name="Value">The estimate; not a number where the log has nothing to say.</param>
/// <param name="StandardError">Of the estimate, over users.</param>
/// <param name="Low">Lower end of the 95 % interval.</param>
/// <param name="High">Upper end of it.</param>
public sealed record OffPolicyEstimate(string Estimator, double Value, double StandardError, double Low, double High)
{
    public bool Covers(double truth) => Low <= truth && truth <= High;
}

/// <summary>How far a log's slates stand for those of the policy in question.</summary>
/// <param name="Mean">Mean weight; expected is 1 where the log may show whatever the policy may show, less where it may not.</param>
/// <param name="MeanError">Standard error of it, over users.</param>
/// <param name="Largest">The largest weight.</param>
/// <param name="EffectiveSlates">(Σw)²/Σw², how many slates of weight 1 would say as much (Kong 1992); of the slot that has fewest. 0 where nothing has weight.</param>
public sealed record WeightSummary(double Mean, double MeanError, double Largest, double EffectiveSlates)
{
    public static WeightSummary Of(OffPolicySample sample)
    {
        var slates = sample.SlateCount;
        var (sums, squares, bySlate) = (new double[sample.SlateSize], new double[sample.SlateSize], new double[slates]);
        for (var row = 0; row < sample.Weights.Length; row++)
        {
            var weight = sample.Weights[row];
            sums[row % sample.SlateSize] += weight;
            squares[row % sample.SlateSize] += weight * weight;
            bySlate[row / sample.SlateSize] += weight / sample.SlateSize;
        }
        var mean = ClusteredIntervals.Normal("", [Ratio.Mean(bySlate)], sample.Users);
        return new WeightSummary(mean.Value, mean.StandardError, sample.Weights.Max(), sums.Zip(squares, (sum, square) => square > 0 ? sum * sum / square : 0).Min());
    }
}
