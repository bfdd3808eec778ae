namespace RecDeepRL.Data;

/// <summary>The probability of every user's response to every item.</summary>
public sealed record ResponseTable
{
    /// <summary>[U] the users' keys in the source, ascending.</summary>
    public required long[] UserKeys { get; init; }

    /// <summary>[N] the items' keys in the source, ascending.</summary>
    public required long[] ItemKeys { get; init; }

    /// <summary>[U · N] probabilities in [0, 1], users first, in the order of the keys.</summary>
    public required float[] Probabilities { get; init; }
}
