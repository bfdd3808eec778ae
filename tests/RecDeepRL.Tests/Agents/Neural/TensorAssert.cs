using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

internal static class TensorAssert
{
    /// <summary>Same shape and the same values, bit for bit.</summary>
    public static bool AreSame(Tensor one, Tensor other) => one.shape.SequenceEqual(other.shape) && one.eq(other).all().item<bool>();
}
