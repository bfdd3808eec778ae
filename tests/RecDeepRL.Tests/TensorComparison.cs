using static TorchSharp.torch;

namespace RecDeepRL.Tests;

/// <summary>Comparison of whole tensors.</summary>
internal static class TensorComparison
{
    /// <summary>Whether two tensors have the same shape, type and numbers, to the last bit.</summary>
    public static bool SameAs(this Tensor first, Tensor second)
    {
        using var scope = NewDisposeScope();
        return first.shape.SequenceEqual(second.shape) && first.dtype == second.dtype && first.cpu().eq(second.cpu()).all().item<bool>();
    }
}
