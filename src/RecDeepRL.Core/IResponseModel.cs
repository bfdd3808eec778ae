using static TorchSharp.torch;

namespace RecDeepRL.Core;

/// <summary>Gives the probability that a user responds to an item. It draws nothing: the environment tosses the coins.</summary>
/// <remarks>In environments whose responses are not clicks it gives an appeal of at least 0, which may exceed 1.</remarks>
public interface IResponseModel : IDisposable
{
    /// <summary>Whether probabilities are the same at every iteration.</summary>
    bool IsStationary { get; }

    /// <param name="userIds">[B] int64.</param>
    /// <param name="items">[B, K] int64.</param>
    /// <param name="iteration">Rounds completed before the one asked about, from 0.</param>
    /// <returns>[B, K] float32 in [0, 1].</returns>
    Tensor Probabilities(Tensor userIds, Tensor items, long iteration);

    /// <summary>The same for every item.</summary>
    /// <returns>[B, N] float32 in [0, 1].</returns>
    Tensor Probabilities(Tensor userIds, long iteration);
}
