namespace RecDeepRL.Data.Synthetic;

/// <summary>A built-in population with a probability for each pair.</summary>
public sealed record PersonalData
{
    public required ResponseTable Responses { get; init; }

    /// <summary>Features by user id.</summary>
    public required FeatureTable Users { get; init; }

    /// <summary>Features by item id.</summary>
    public required FeatureTable Items { get; init; }
}
