using System.ComponentModel.DataAnnotations;
using RecDeepRL.Agents.Exploration;

namespace RecDeepRL.Agents.Collaborative;

/// <summary>How an agent explores by what it is unsure of.</summary>
public enum PosteriorExploration
{
    /// <summary>Not at all: the option exploration decides.</summary>
    None,

    /// <summary>The highest mean plus deviations.</summary>
    Ucb,

    /// <summary>The highest of one draw for each user and item.</summary>
    Thompson,
}

/// <summary>Options of every agent that learns from who answered what.</summary>
public abstract record CollaborativeOptions : ScoreExplorationOptions
{
    /// <summary>Whether to explore by the posterior in place of what exploration says: upper confidence bounds, Thompson sampling, or none. Default none.</summary>
    public PosteriorExploration Posterior { get; init; } = PosteriorExploration.None;

    /// <summary>Standard deviations that posterior adds (ucb) or that its draws are scaled by (thompson). At least 0. Default 1.</summary>
    [Range(0.0, double.MaxValue)]
    public double Width { get; init; } = 1;

    /// <summary>Whether a user's own responses to an item correct the model's estimate for the two. Default true.</summary>
    public bool PairEvidence { get; init; } = true;

    /// <summary>How many responses of the pair the model's estimate is worth beside them, above 0; none: learned by predicting each round before it is learned from. Default none.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double? PairStrength { get; init; }

    /// <summary>What everything seen before is multiplied by in each round, in (0, 1]; below 1 the agent forgets. Default 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Discount { get; init; } = 1;

    /// <summary>Rounds at the start that show random items when exploring. Default 1.</summary>
    [Range(0, int.MaxValue)]
    public int Warmup { get; init; } = 1;

    /// <summary>Rounds between two fits of the model. Default 1.</summary>
    [Range(1, int.MaxValue)]
    public int FitInterval { get; init; } = 1;

    /// <summary>Items that showing is narrowed down to, by halves, those of highest mean response staying; none for all items. Default none.</summary>
    [Range(1, int.MaxValue)]
    public int? Candidates { get; init; }

    /// <summary>Responses for each user of the population between two halvings of the candidates, which are shown at random until the last. At least 0. Default 2.</summary>
    [Range(0.0, double.MaxValue)]
    public double ResponsesPerCut { get; init; } = 2;
}
