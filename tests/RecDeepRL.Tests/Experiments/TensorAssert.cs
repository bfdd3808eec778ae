using static TorchSharp.torch;

namespace RecDeepRL.Tests.Experiments;

/// <summary>Asserts on tensors.</summary>
internal static class TensorAssert
{
    /// <summary>The same shape, type and bits.</summary>
    public static void Same(Tensor expected, Tensor actual, string name)
    {
        Assert.Equal(expected.dtype, actual.dtype);
        Assert.Equal(expected.shape, actual.shape);
        using var scope = NewDisposeScope();
        Assert.True(expected.cpu().contiguous().bytes.SequenceEqual(actual.cpu().contiguous().bytes), name + " differs");
    }
}
