using System.ComponentModel.DataAnnotations;

namespace RecDeepRL.Agents.Exploration;

/// <summary>How an agent explores around scores that say nothing of their own uncertainty.</summary>
public enum ExplorationMethod
{
    /// <summary>Each slot shows a random item with a probability.</summary>
    Epsilon,

    /// <summary>Items are drawn without replacement, each in proportion to exp(score / temperature).</summary>
    Softmax,

    /// <summary>The highest scores are shown.</summary>
    None,
}

/// <summary>Options of every agent that explores around scores.</summary>
public abstract record ScoreExplorationOptions
{
    /// <summary>How the agent explores: random items in some slots, draws in proportion to exp(score / temperature), or not at all. Default epsilon.</summary>
    public ExplorationMethod Exploration { get; init; } = ExplorationMethod.Epsilon;

    /// <summary>Probability that a slot shows a random item where exploration is epsilon, in [0, 1]. Default 0.1.</summary>
    [Range(0.0, 1.0)]
    public double Epsilon { get; init; } = 0.1;

    /// <summary>Temperature of the softmax where exploration is softmax, in the unit of a score. Above 0. Default 0.1.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.1;
}
