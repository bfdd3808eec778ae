using RecDeepRL.Core.Options;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Responses.Steps;

/// <summary>The values of the earlier steps that a step takes.</summary>
/// <param name="count">How many there are.</param>
/// <param name="valuesOf">Gives those of one input, by its position.</param>
internal sealed class StepInputs(int count, Func<int, PairBatch, Tensor> valuesOf)
{
    /// <summary>The values of one input, for the pairs that the step is asked about or for others.</summary>
    /// <returns>float64, broadcastable to the shape of the pairs. Shared with other steps: to be neither changed nor disposed.</returns>
    public Tensor Of(int index, PairBatch pairs) => valuesOf(index, pairs);

    /// <summary>Σⱼ weightⱼ · inputⱼ; 0 without inputs.</summary>
    /// <param name="weights">One for each input; none for 1 each.</param>
    /// <returns>float64, broadcastable to the shape of the pairs. The caller disposes.</returns>
    public Tensor WeightedSum(PairBatch pairs, ValueList<double>? weights)
    {
        using var scope = NewDisposeScope();
        var sum = zeros([1, 1], ScalarType.Float64, pairs.UserIds.device);
        for (var index = 0; index < count; index++)
            sum = sum.add(Of(index, pairs).mul(weights?[index] ?? 1));
        return sum.MoveToOuterDisposeScope();
    }
}
