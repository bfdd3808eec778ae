using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Choices;

/// <summary>Options of the choice model <c>position-based</c>.</summary>
internal sealed record PositionBasedOptions : IValidatableObject
{
    /// <summary>η, in [0, 100]: slot k, from 1, is examined with probability 1 / k^η. Of no effect where probabilities are given. Default 1.</summary>
    [Range(0.0, 100.0)]
    public double Eta { get; init; } = 1;

    /// <summary>Probability of each slot to be examined, from the first slot on, each in [0, 1], none above the one before; none for 1 / k^η. Default none.</summary>
    [Range(0.0, 1.0)]
    public ValueList<double>? Examination { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // Where later slots were seen more, the most appealing item would not belong into the first.
        if (Examination is { } given && given.Zip(given.Skip(1)).Any(pair => pair.Second > pair.First))
            yield return new ValidationResult($"examination was {given}, must not rise from one slot to the next");
    }
}

/// <summary>A response needs an item that appeals and a slot that is examined: P(response in slot k) = examinationₖ · appeal, whatever else
/// is shown. The examination hypothesis of Richardson et al. 2007, Predicting clicks, so called by Craswell et al. 2008;
/// 1 / k^η as in Joachims et al. 2017, Unbiased learning-to-rank with biased feedback.</summary>
/// <remarks>One coin decides both: a response where coin &lt; examinationₖ · appeal. So a user who responds to an item in some slot responds to it in every better one.</remarks>
internal sealed class PositionBasedChoice : IChoiceModel
{
    private readonly float[] _examination; // [K]

    /// <exception cref="UserMistakeException">Another number of probabilities than slots.</exception>
    public PositionBasedChoice(PartContext context, PositionBasedOptions options)
    {
        if (options.Examination is { } given && given.Count != context.SlateSize)
            throw new UserMistakeException($"examination has {given.Count} value{(given.Count == 1 ? "" : "s")}, must have {context.SlateSize}, one for each slot of a slate.");
        _examination = [.. (options.Examination ?? Enumerable.Range(1, context.SlateSize).Select(slot => Math.Pow(slot, -options.Eta))).Select(probability => (float)probability)];
    }

    public bool SlotsAreIndependent => false;

    public Tensor Expected(Tensor appeal)
    {
        using var scope = NewDisposeScope();
        var examination = tensor(_examination, ScalarType.Float32, appeal.device).narrow(0, 0, appeal.size(1));
        return appeal.mul(examination).MoveToOuterDisposeScope();
    }

    public Tensor Draw(Tensor appeal, Tensor coins, Tensor userCoins)
    {
        using var scope = NewDisposeScope();
        return coins.lt(Expected(appeal)).to_type(ScalarType.Float32).MoveToOuterDisposeScope();
    }
}
