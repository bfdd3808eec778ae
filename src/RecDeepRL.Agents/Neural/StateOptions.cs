using System.ComponentModel.DataAnnotations;

namespace RecDeepRL.Agents.Neural;

/// <summary>How the recent items of a user become a part of the state.</summary>
public enum HistoryEncoding
{
    /// <summary>Mean points of the recent items that were liked and of those that were not.</summary>
    Pooled,

    /// <summary>The same as sums in which every older slate counts less, at two learned rates.</summary>
    Decayed,

    /// <summary>A gated recurrent unit over the items and responses.</summary>
    Gru,

    /// <summary>One block of causal self-attention over the items and responses.</summary>
    Attention,
}

/// <summary>Options of the agents whose networks see users by what they were shown.</summary>
public abstract record StateOptions
{
    /// <summary>Units in each of the two hidden layers of the networks. Default 64.</summary>
    [Range(1, 4096)]
    public int HiddenSize { get; init; } = 64;

    /// <summary>Dimensions of item space, and of the user embedding where there is one. Default 16.</summary>
    [Range(1, 1024)]
    public int EmbeddingSize { get; init; } = 16;

    /// <summary>Whether the state holds a learned embedding of the user's id; with tens of responses from each user it learns their luck by heart. Default false.</summary>
    public bool UserIds { get; init; }

    /// <summary>What the state holds of the recent items: mean points of those liked and not liked; the same as sums that fade with age; a recurrent network over them; or self-attention. Default pooled.</summary>
    public HistoryEncoding Encoder { get; init; } = HistoryEncoding.Pooled;
}
