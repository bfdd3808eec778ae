using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Exploration;

/// <summary>Standard Gumbel noise. The K highest of ln wᵢ + Gumbelᵢ are K draws without replacement in proportion to the weights w
/// (Yellott 1977; Kool, van Hoof and Welling 2019).</summary>
internal static class GumbelNoise
{
    /// <param name="lanes">int64 of any shape.</param>
    /// <returns>float64 of the same shape, finite.</returns>
    public static Tensor Draw(RandomStream stream, long drawKey, Tensor lanes)
    {
        using var scope = NewDisposeScope();
        // Uniforms are multiples of 2⁻²⁴ from 0 on; half a step more keeps both logarithms finite.
        var uniform = stream.Uniform(drawKey, lanes).to_type(ScalarType.Float64).add_(0.5 / (1 << 24));
        return uniform.log_().neg_().log_().neg_().MoveToOuterDisposeScope();
    }
}
