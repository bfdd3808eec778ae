namespace RecDeepRL.Data;

/// <summary>A response table with features of its users and items.</summary>
public sealed record ContextData
{
    public required ResponseTable Responses { get; init; }

    /// <summary>Features by user id.</summary>
    public required FeatureTable Users { get; init; }

    /// <summary>Features by item id.</summary>
    public required FeatureTable Items { get; init; }

    /// <summary>[N] titles by item id; empty where the source has none.</summary>
    public string[] ItemTitles { get; init; } = [];
}
