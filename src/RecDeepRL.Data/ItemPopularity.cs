namespace RecDeepRL.Data;

/// <summary>How well each item is liked by everybody, in the order of the item ids.</summary>
public sealed record ItemPopularity
{
    /// <summary>[N] the items' keys in the source, ascending.</summary>
    public required long[] ItemKeys { get; init; }

    /// <summary>[N] probability that a user responds to the item.</summary>
    public required double[] Popularity { get; init; }

    /// <summary>[N] whether the item is of the popular kind, which falls where tastes drift.</summary>
    public required bool[] IsPopular { get; init; }

    /// <summary>[N] whether the item is of the unpopular kind, which rises where tastes drift.</summary>
    public required bool[] IsUnpopular { get; init; }
}
