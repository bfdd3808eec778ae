using RecDeepRL.Core;

namespace RecDeepRL.Experiments.OffPolicy;

/// <summary>How a policy is evaluated from a log.</summary>
public sealed record OffPolicySettings
{
    /// <summary>Share of the log's iterations, from the first on, that the agent learns from; the estimates use the rest. In [0, 1).</summary>
    public double TrainShare { get; init; } = .5;

    /// <summary>Whether the agent would be used to earn or to learn.</summary>
    public RecommendationMode Mode { get; init; } = RecommendationMode.Exploit;

    public RewardModelKind RewardModel { get; init; } = RewardModelKind.ItemMean;

    public PropensitySource Propensity { get; init; } = PropensitySource.Logged;

    /// <summary>Slates drawn for each user where the agent does not know its probabilities; at least 1.</summary>
    public int Draws { get; init; } = 100;

    /// <summary>Largest weight that switch-dr uses, at least 0; none to choose it by <see cref="SwitchThreshold"/>.</summary>
    public double? Switch { get; init; }

    /// <summary>Resamples of the bootstrap intervals; 0 for normal intervals.</summary>
    public int Resamples { get; init; }

    /// <summary>Whether to ask the environment what the policy is truly worth.</summary>
    public bool MeasureTruth { get; init; }

    /// <summary>How many of the log's iterations the agent learns from.</summary>
    /// <exception cref="UserMistakeException">None is left to evaluate on.</exception>
    public long TrainIterations(long iterations)
    {
        var training = (long)Math.Round(TrainShare * iterations, MidpointRounding.AwayFromZero);
        return training < iterations ? training
            : throw new UserMistakeException($"The log holds {iterations} iteration{(iterations == 1 ? "" : "s")}, and with --train-share {TrainShare} none is left to evaluate on. Log more, or give a smaller share.");
    }
}
