using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core.Options;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Responses.Steps;

/// <summary>Options of the step <c>weighted-sum</c>.</summary>
internal sealed record WeightedSumOptions : ResponseStepOptions
{
    /// <summary>Outputs of earlier steps; none for the step before. Default none.</summary>
    public ValueList<string>? Inputs { get; init; }

    /// <summary>A weight for each input, each in [-1000000, 1000000]; none for 1 each. Default none.</summary>
    [Range(-1e6, 1e6)]
    public ValueList<double>? Weights { get; init; }

    internal override ValueList<string>? InputNames => Inputs;

    internal override bool NeedsInput => true;

    internal override int? WeightCount => Weights?.Count;
}

/// <summary>Earlier steps times weights, added up: Σⱼ weightⱼ · inputⱼ. Sim4Rec's ParametricResponseFunction.</summary>
internal sealed class WeightedSumStep(WeightedSumOptions options) : IResponseStep
{
    public bool IsStationary => true;

    public Tensor Compute(PairBatch pairs, StepInputs inputs) => inputs.WeightedSum(pairs, options.Weights);

    public void Dispose()
    {
    }
}
