namespace RecDeepRL.Cluster.Shards;

/// <summary>How what happened on shards reaches the learner.</summary>
public enum Merging
{
    /// <summary>Sums over users: counts, moments. For agents that learn from sums.</summary>
    Sums,

    /// <summary>Everything that users were shown and did. For any agent.</summary>
    Transitions,

    /// <summary>The shards learn, each from its own users, and step along the sum of their gradients. For agents that learn from gradients.</summary>
    Gradients,
}
