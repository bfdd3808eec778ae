using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>How changes are detected.</summary>
public enum ChangeDetector
{
    /// <summary>A generalised likelihood ratio over all splits of an item's past in two.</summary>
    LikelihoodRatio,

    /// <summary>Cumulative sums of the deviations from a reference.</summary>
    Cusum,
}

/// <summary>Options of UCB with change detection.</summary>
public sealed record ChangeDetectionUcbOptions : IndexOptions
{
    /// <summary>How changes are detected: by a generalised likelihood ratio (GLR-klUCB) or by cumulative sums (CUSUM-UCB). Default likelihood-ratio.</summary>
    public ChangeDetector Detector { get; init; } = ChangeDetector.LikelihoodRatio;

    /// <summary>a, the factor of ln n in what an index may diverge. At least 0. Default 1.</summary>
    [Range(0.0, double.MaxValue)]
    public double Exploration { get; init; } = 1;

    /// <summary>Which part of the showings is given to all items alike, so that changes of items that are not shown are noticed; used by selection=virtual. In [0, 1]. Default 0.05.</summary>
    [Range(0.0, 1.0)]
    public double UniformPart { get; init; } = 0.05;

    /// <summary>Likelihood ratio: δ, how likely an item that never changes may be taken for one that does. In (0, 1). Default 0.05.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double FalseAlarm { get; init; } = 0.05;

    /// <summary>Likelihood ratio: how many rounds are remembered at most. In [2, 10000]. Default 50.</summary>
    [Range(2, 10000)]
    public int Window { get; init; } = 50;

    /// <summary>Cumulative sums: M, how many responses give the reference. At least 1. Default 50.</summary>
    [Range(1.0, double.MaxValue)]
    public double WarmUp { get; init; } = 50;

    /// <summary>Cumulative sums: ε, how far a mean may stray without being counted. At least 0. Default 0.05.</summary>
    [Range(0.0, double.MaxValue)]
    public double Tolerance { get; init; } = 0.05;

    /// <summary>Cumulative sums: h, at which sum of deviations an item restarts. Above 0. Default 10.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double Threshold { get; init; } = 10;
}

/// <summary>KL-UCB that forgets an item's past when the item is seen to have changed.</summary>
/// <remarks>Besson, Kaufmann, Maillard and Seznec 2022 (GLR-klUCB, local restarts); Liu, Lee and Shroff 2018 (CUSUM-UCB; here too with the KL index).
/// The detectors' deviations are named at <see cref="LikelihoodRatioStatistics"/> and <see cref="CusumStatistics"/>; n in the index is what is
/// remembered of all items.</remarks>
internal sealed class ChangeDetectionUcbAgent(AgentContext context, ChangeDetectionUcbOptions options)
    : IndexAgent(context, "change-detection-ucb", options, options.Detector == ChangeDetector.Cusum
        ? new CusumStatistics(context.Spec, options.WarmUp, options.Tolerance, options.Threshold)
        : new LikelihoodRatioStatistics(context.Spec, options.Window, options.FalseAlarm))
{
    protected override double UniformPart => options.UniformPart;

    protected internal override Tensor Index(ItemFigures figures) => KlIndex.Of(figures, options.Exploration);
}
