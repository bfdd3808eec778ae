namespace RecDeepRL.Data;

/// <summary>What is known about users or items before anything is shown.</summary>
public sealed record FeatureTable
{
    /// <summary>[D] the features' names.</summary>
    public required string[] Names { get; init; }

    /// <summary>[rows · D] values, rows in the order of the ids.</summary>
    public required float[] Values { get; init; }
}
