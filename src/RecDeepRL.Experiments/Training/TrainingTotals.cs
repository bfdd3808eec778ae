using System.Text.Json.Serialization;

namespace RecDeepRL.Experiments.Training;

/// <summary>What has come of a run so far, summed over its rounds.</summary>
/// <param name="Rounds">Rounds with at least one user.</param>
/// <param name="Users">Slates shown.</param>
/// <param name="Responses">Sum of responses.</param>
/// <param name="Expected">Sum of expected responses to what was shown, under the truth.</param>
/// <param name="Oracle">Sum of what the best slates of each round alone would have had from the same users as they were then. With sessions this is no
/// ceiling: it asks what this round could give, with users as the agent's earlier slates have left them.</param>
/// <param name="Seconds">Time spent in recommending, simulating and learning.</param>
public sealed record TrainingTotals(long Rounds, long Users, double Responses, double Expected, double Oracle, double Seconds)
{
    public static TrainingTotals None { get; } = new(0, 0, 0, 0, 0, 0);

    /// <summary>Sessions that have ended; 0 without sessions.</summary>
    public long Sessions { get; init; }

    /// <summary>Mean responses per user over the rounds so far; not a number before the first.</summary>
    [JsonIgnore]
    public double MeanResponses => Responses / Users;

    /// <summary>Expected responses lost against the best slates of each round so far.</summary>
    [JsonIgnore]
    public double Regret => Oracle - Expected;
}
