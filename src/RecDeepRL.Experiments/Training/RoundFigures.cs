namespace RecDeepRL.Experiments.Training;

/// <summary>What came of one round of some users.</summary>
/// <param name="Users">Users in the round; 0 where everything else is 0 too.</param>
/// <param name="Responses">Sum of responses, as drawn.</param>
/// <param name="Expected">Sum of expected responses to what was shown.</param>
/// <param name="Oracle">Sum of the expected responses to each user's best slate of this round alone; not a number where it was not asked for.</param>
/// <param name="SessionsEnded">Sessions that ended with the round.</param>
/// <param name="Seconds">Time of recommending, simulating and learning.</param>
public sealed record RoundFigures(long Users, double Responses, double Expected, double Oracle, long SessionsEnded, double Seconds)
{
    /// <summary>What is worth logging of how the round was played, by name, beside what the agent says of itself.</summary>
    public IReadOnlyDictionary<string, double> Diagnostics { get; init; } = new Dictionary<string, double>();
}
