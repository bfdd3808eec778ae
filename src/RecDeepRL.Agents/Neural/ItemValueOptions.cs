using System.ComponentModel.DataAnnotations;

namespace RecDeepRL.Agents.Neural;

/// <summary>Options of the agents that learn a value of each item in a user's state.</summary>
public abstract record ItemValueOptions : ReplayingOptions
{
    /// <summary>Weight decay of the network, decoupled from the gradient, in [0, 1]: each update multiplies every weight by 1 − learning rate · decay. Holds back what a few responses would teach by heart. Default 0.</summary>
    [Range(0.0, 1.0)]
    public double WeightDecay { get; init; }

    /// <summary>Items among which the best of the next state are sought, drawn anew for each update, at least the slate's size; none for all. Default 100.</summary>
    [Range(1, int.MaxValue)]
    public int? TargetItems { get; init; } = 100;

    /// <summary>Probability that, exploring, a slot shows a random item, in [0, 1]. Default 0.1.</summary>
    [Range(0.0, 1.0)]
    public double Epsilon { get; init; } = 0.1;

    /// <summary>Factor on that probability after each iteration, in (0, 1]. Default 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double EpsilonDecay { get; init; } = 1;

    /// <summary>Iterations at the start that show random items when exploring. Default 1.</summary>
    [Range(0, int.MaxValue)]
    public int Warmup { get; init; } = 1;
}
