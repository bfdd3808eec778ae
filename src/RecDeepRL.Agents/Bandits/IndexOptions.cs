namespace RecDeepRL.Agents.Bandits;

/// <summary>How an index policy turns its indices into the slates of a round.</summary>
public enum IndexSelection
{
    /// <summary>The K highest indices, the same for every user.</summary>
    Highest,

    /// <summary>K items drawn without replacement, each with probability proportional to its index, in both modes.</summary>
    Sampled,

    /// <summary>As if the showings of the round were given out one by one and each counted at once: the round is shared out among the items.</summary>
    Virtual,
}

/// <summary>Options of every index policy.</summary>
public abstract record IndexOptions
{
    /// <summary>Whether a slate holds the highest indices, is sampled in proportion to them in both modes, or counts the round's own showings as they are given out (virtual). Default virtual.</summary>
    public IndexSelection Selection { get; init; } = IndexSelection.Virtual;
}
