using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Responses.Steps;

/// <summary>Options of the step <c>linear-drift</c>.</summary>
internal sealed record LinearDriftOptions : DriftStepOptions, IValidatableObject
{
    /// <summary>What is added in the end, each in [-1000000, 1000000]: item i gets the number at place i mod the length of the list. Default [-0.5,0.5].</summary>
    [Range(-1e6, 1e6)]
    public ValueList<double> Offsets { get; init; } = [-.5, .5];

    /// <summary>The last round before the drift, counted from 0; none for a quarter of the environment's iterations. Default none.</summary>
    [Range(0, int.MaxValue)]
    public int? Start { get; init; }

    /// <summary>The first round after the drift, later than its start; none for three quarters of the environment's iterations. Default none.</summary>
    [Range(1, int.MaxValue)]
    public int? End { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Offsets.Count == 0)
            yield return new ValidationResult("offsets was empty, must hold at least one number");
        if (Start >= End)
            yield return new ValidationResult($"end was {End}, must be later than start, which was {Start}");
    }
}

/// <summary>The input plus an offset that grows steadily between two rounds and then stays: in round t, input + offset · min(max((t − start) /
/// (end − start), 0), 1), with an offset for each group of items. The incremental drift of Gama et al. 2014, A survey on concept drift adaptation.</summary>
internal sealed class LinearDriftStep : IResponseStep
{
    private readonly int _start;
    private readonly int _end;
    private readonly double[] _offsets;
    private readonly ItemGroups _groups;

    /// <exception cref="UserMistakeException">Only one end of the drift was given, and it lies beyond the default of the other.</exception>
    public LinearDriftStep(PartContext context, LinearDriftOptions options)
    {
        _start = options.Start ?? context.DefaultIterations / 4;
        _end = options.End ?? Math.Max((int)(context.DefaultIterations * 3L / 4), (context.DefaultIterations / 4) + 1);
        if (_start >= _end)
            throw new UserMistakeException($"the drift would start at round {_start} and end at {_end}, must end later than it starts. Give both start and end.");
        _offsets = [.. options.Offsets];
        _groups = new ItemGroups(_offsets.Length, context);
    }

    public bool IsStationary => false;

    public Tensor Compute(PairBatch pairs, StepInputs inputs)
    {
        using var scope = NewDisposeScope();
        var share = Math.Clamp((pairs.Iteration - _start) / ((double)_end - _start), 0, 1);
        return inputs.Of(0, pairs).add(_groups.Of(pairs, [.. _offsets.Select(offset => offset * share)])).MoveToOuterDisposeScope();
    }

    public void Dispose() => _groups.Dispose();
}
