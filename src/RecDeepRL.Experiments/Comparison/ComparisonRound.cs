namespace RecDeepRL.Experiments.Comparison;

/// <summary>One training round of a cell.</summary>
/// <param name="Iteration">Rounds completed, this one included.</param>
/// <param name="Users">Users in the round; the means are not numbers where there were none.</param>
/// <param name="MeanResponses">Responses per user, as drawn.</param>
/// <param name="MeanExpected">Expected responses per user to what was shown.</param>
/// <param name="MeanOracle">Expected responses per user to the best slates of this round alone, from the same users as they were.</param>
/// <param name="Seconds">Time spent in recommending, simulating and learning.</param>
public sealed record ComparisonRound(long Iteration, long Users, double MeanResponses, double MeanExpected, double MeanOracle, double Seconds);
