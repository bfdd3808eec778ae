using System.ComponentModel.DataAnnotations;
using RecDeepRL.Agents.Exploration;

namespace RecDeepRL.Agents.Neural;

/// <summary>Options of the bandits whose network says nothing of its own doubt: those of the network, and how to explore around its estimates.</summary>
public abstract record ExploringNetworkOptions : NetworkOptions
{
    /// <summary>How the agent explores: random items in some slots, draws in proportion to exp(estimate / temperature), or not at all. Default epsilon.</summary>
    public ExplorationMethod Exploration { get; init; } = ExplorationMethod.Epsilon;

    /// <summary>Probability that a slot shows a random item where exploration is epsilon, in [0, 1]. Default 0.1.</summary>
    [Range(0.0, 1.0)]
    public double Epsilon { get; init; } = 0.1;

    /// <summary>Temperature of the softmax where exploration is softmax, in the unit of a response. Above 0. Default 0.1.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.1;

    /// <summary>What of these is about exploration.</summary>
    internal ScoreExplorationOptions Around() => new ExplorationPart { Exploration = Exploration, Epsilon = Epsilon, Temperature = Temperature };

    private sealed record ExplorationPart : ScoreExplorationOptions;
}
