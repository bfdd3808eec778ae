namespace RecDeepRL.Core;

/// <summary>Consecutive users of a population.</summary>
/// <param name="First">Id of the first, at least 0.</param>
/// <param name="Count">How many, at least 0.</param>
public readonly record struct UserRange(int First, int Count);
