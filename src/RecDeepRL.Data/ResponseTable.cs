namespace RecDeepRL.Data;

/// <summary>The probability of every user's response to every item.</summary>
public sealed record ResponseTable
{
    /// <summary>The most pairs of a user and an item that a table holds: as bytes, four for each, they still fit in one span.</summary>
    public const int MostPairs = int.MaxValue / sizeof(float);

    /// <summary>[U] the users' keys in the source, ascending.</summary>
    public required long[] UserKeys { get; init; }

    /// <summary>[N] the items' keys in the source, ascending.</summary>
    public required long[] ItemKeys { get; init; }

    /// <summary>[U · N] probabilities in [0, 1], users first, in the order of the keys.</summary>
    public required float[] Probabilities { get; init; }
}
