using System.ComponentModel.DataAnnotations;

namespace RecDeepRL.Agents.Neural;

/// <summary>Options of the agents that learn from a <see cref="ReplayBuffer"/>.</summary>
public abstract record ReplayOptions : StateOptions, IValidatableObject
{
    /// <summary>Slates drawn from the replay buffer for one update; each slot is a transition of its own. Default 128.</summary>
    [Range(1, int.MaxValue)]
    public int BatchSize { get; init; } = 128;

    /// <summary>Updates after each iteration. Default 40.</summary>
    [Range(0, int.MaxValue)]
    public int UpdatesPerIteration { get; init; } = 40;

    /// <summary>Slates that the replay buffer holds at most; the oldest is overwritten. Default 100000.</summary>
    [Range(1, int.MaxValue)]
    public int ReplayCapacity { get; init; } = 100_000;

    /// <summary>Latest iterations that updates draw from, so that what is no longer true is forgotten; none for all that the buffer holds. Default 15.</summary>
    [Range(1, int.MaxValue)]
    public int? ReplayRounds { get; init; } = 15;

    /// <summary>Steps of the user's own trajectory whose rewards are summed before the estimate of the rest; fewer where the episode ends or nothing later is known. Default 1.</summary>
    [Range(1, 1000)]
    public int ReturnSteps { get; init; } = 1;

    /// <summary>How strongly slates of large error are preferred when drawing from the buffer; 0 draws uniformly. Default 0.</summary>
    [Range(0.0, 1.0)]
    public double PriorityExponent { get; init; }

    /// <summary>How much of that preference the weights in the loss take back at first; it grows to all of it. Default 0.4.</summary>
    [Range(0.0, 1.0)]
    public double ImportanceExponent { get; init; } = 0.4;

    /// <summary>Updates until the weights take all of the preference back. Default 10000.</summary>
    [Range(1, int.MaxValue)]
    public int ImportanceUpdates { get; init; } = 10_000;

    /// <inheritdoc/>
    public virtual IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (BatchSize > (long)ReplayCapacity)
            yield return new ValidationResult($"batchSize was {BatchSize}, must be at most replayCapacity, {ReplayCapacity}");
    }
}
