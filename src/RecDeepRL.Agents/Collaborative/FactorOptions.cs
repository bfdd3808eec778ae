using System.ComponentModel.DataAnnotations;

namespace RecDeepRL.Agents.Collaborative;

/// <summary>Options of the agents that factorise the table of responses.</summary>
public abstract record FactorOptions : CollaborativeOptions
{
    /// <summary>Factors of each user and item. Default 16.</summary>
    [Range(1, 512)]
    public int Factors { get; init; } = 16;

    /// <summary>Weight of each answer; the papers' α. Above 0. Default 1.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double AnswerWeight { get; init; } = 1;

    /// <summary>Weight of each time an item was shown and not answered; 0 in the papers, which do not know what was shown. At least 0. Default 1.</summary>
    [Range(0.0, double.MaxValue)]
    public double MissWeight { get; init; } = 1;

    /// <summary>Weight of every pair of user and item as one not answered, shown or not; 1 in the papers. At least 0. Default 0.</summary>
    [Range(0.0, double.MaxValue)]
    public double PairWeight { get; init; }

    /// <summary>Whether posterior knows how unsure the user's factors are, beside how unsure a pair's own responses are. Default true.</summary>
    public bool FactorUncertainty { get; init; } = true;
}
