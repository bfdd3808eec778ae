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

    /// <summary>Requires numbers worked by hand, to 10⁻⁵ of their size.</summary>
    /// <param name="expected">In row-major order.</param>
    public static void AssertNear(this Tensor actual, params double[] expected)
    {
        using var scope = NewDisposeScope();
        var numbers = actual.to_type(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
        Assert.Equal(expected.Length, numbers.Length);
        foreach (var (wanted, number) in expected.Zip(numbers))
            Assert.Equal(wanted, number, 1e-5 * Math.Max(1, Math.Abs(wanted)));
    }
}
