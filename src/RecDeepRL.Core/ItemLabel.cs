namespace RecDeepRL.Core;

/// <summary>What the source says of each item in words, such as its genre or year: for the eyes of people, never told to agents.</summary>
/// <param name="Name">Such as <c>genre</c>.</param>
/// <param name="Values">[N] by item id; empty where the source says nothing of an item.</param>
/// <param name="IsOrdered">Whether the values are numbers that have an order.</param>
public sealed record ItemLabel(string Name, IReadOnlyList<string> Values, bool IsOrdered);
