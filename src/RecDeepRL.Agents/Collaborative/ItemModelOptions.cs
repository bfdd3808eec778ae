using System.ComponentModel.DataAnnotations;

namespace RecDeepRL.Agents.Collaborative;

/// <summary>What a model of items takes for a user's row.</summary>
public enum RowForm
{
    /// <summary>How far the user's responses lie from what the item gets from everybody; 0 where it was never shown to the user.</summary>
    Residuals,

    /// <summary>1 where the user ever answered, 0 where not or never shown, as implicit feedback has it.</summary>
    Answers,
}

/// <summary>Options of the agents that estimate a user's response to an item from the user's responses to other items.</summary>
public abstract record ItemModelOptions : CollaborativeOptions, IValidatableObject
{
    /// <summary>What a user's row holds: residuals, which know a missing response from an item never shown, or answers as in the paper, whose scores are no probabilities. Default residuals.</summary>
    public RowForm Rows { get; init; } = RowForm.Residuals;

    /// <summary>Where rows are residuals, how many showings of expected outcome are mixed into each pair's residual. At least 0. Default 1.</summary>
    [Range(0.0, double.MaxValue)]
    public double Shrinkage { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Rows == RowForm.Answers && PairEvidence)
            yield return new ValidationResult("pairEvidence was true, must be false where rows is answers, whose scores are no probabilities");
    }
}
