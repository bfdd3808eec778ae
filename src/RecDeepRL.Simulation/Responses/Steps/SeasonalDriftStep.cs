using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core.Options;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Responses.Steps;

/// <summary>Options of the step <c>seasonal-drift</c>.</summary>
internal sealed record SeasonalDriftOptions : DriftStepOptions, IValidatableObject
{
    /// <summary>Rounds from one peak to the next, in [1, 1000000]; none for the environment's iterations. Default none.</summary>
    [Range(1.0, 1e6)]
    public double? Period { get; init; }

    /// <summary>How far the wave goes up and down, in [0, 1000000]. Default 0.2.</summary>
    [Range(0.0, 1e6)]
    public double Amplitude { get; init; } = .2;

    /// <summary>How far groups of items are ahead, as shares of a period, each in [0, 1]: item i is in the group at place i mod the length of the list. Default [0,0.5].</summary>
    [Range(0.0, 1.0)]
    public ValueList<double> Phases { get; init; } = [0, .5];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Phases.Count == 0)
            yield return new ValidationResult("phases was empty, must hold at least one number");
    }
}

/// <summary>The input plus a wave: in round t, input + amplitude · sin(2π(t / period + phase)), with a phase for each group of items. A
/// recurring drift in the sense of Gama et al. 2014, A survey on concept drift adaptation.</summary>
internal sealed class SeasonalDriftStep(PartContext context, SeasonalDriftOptions options) : IResponseStep
{
    private readonly ItemGroups _groups = new(options.Phases.Count, context);
    private readonly double _period = options.Period ?? context.DefaultIterations;

    public bool IsStationary => false;

    public Tensor Compute(PairBatch pairs, StepInputs inputs)
    {
        using var scope = NewDisposeScope();
        double[] wave = [.. options.Phases.Select(phase => options.Amplitude * Math.Sin(2 * Math.PI * ((pairs.Iteration / _period) + phase)))];
        return inputs.Of(0, pairs).add(_groups.Of(pairs, wave)).MoveToOuterDisposeScope();
    }

    public void Dispose() => _groups.Dispose();
}
