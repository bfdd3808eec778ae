using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Responses;

/// <summary>A response model whose probabilities all lie in memory.</summary>
internal interface IProbabilityTable : IResponseModel
{
    /// <returns>[U, N] float32, contiguous, or [N] where users like items equally. The caller disposes; the memory is the model's.</returns>
    Tensor TableAt(long iteration);
}
