using System.ComponentModel.DataAnnotations;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Responses.Steps;

/// <summary>Options of the step <c>constant</c>.</summary>
internal sealed record ConstantOptions : ResponseStepOptions
{
    /// <summary>The number, in [-1000000, 1000000]. Default 0.</summary>
    [Range(-1e6, 1e6)]
    public double Value { get; init; }
}

/// <summary>The same number for every pair: value. Sim4Rec's ConstantResponse.</summary>
internal sealed class ConstantStep(ConstantOptions options) : IResponseStep
{
    public bool IsStationary => true;

    public Tensor Compute(PairBatch pairs, StepInputs inputs) => full([1, 1], options.Value, ScalarType.Float64, pairs.UserIds.device);

    public void Dispose()
    {
    }
}
