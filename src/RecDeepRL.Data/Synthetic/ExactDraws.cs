using System.Numerics;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Data.Synthetic;

/// <summary>Draws for built-in populations, made with +, −, ×, ÷ and √ only. IEEE 754 defines these to the last bit, so a population
/// and its fingerprint are the same on every machine; a logarithm or a sine would not be.</summary>
internal sealed class ExactDraws(long seed, string name)
{
    private readonly RandomStream _stream = new(seed, "population:" + name);

    /// <summary>Uniform in [0, 1).</summary>
    public double Uniform(long group, long lane) => (_stream.Bits(group, lane) >> 11) * (1.0 / (1L << 53));

    /// <summary>Near normal, mean 0 and variance 1: the sum of four uniforms of 16 bits each, within ±2√3.</summary>
    public double Normal(long group, long lane) => ToNormal(_stream.Bits(group, lane));

    /// <summary>The bits behind a draw.</summary>
    public ulong Bits(long group, long lane) => _stream.Bits(group, lane);

    /// <inheritdoc cref="RandomStream.FillBits"/>
    public void FillBits(long group, ReadOnlySpan<long> lanes, Span<ulong> bits) => _stream.FillBits(group, lanes, bits);

    /// <summary>What <see cref="Normal(long, long)"/> makes of its bits.</summary>
    public static double ToNormal(ulong bits)
    {
        var sum = (bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48);
        // Each uniform is (k + ½) / 2¹⁶ with variance 1/12: the sum of four has mean 2 and variance 1/3.
        return (((sum + 2.0) / 65536.0) - 2.0) * Math.Sqrt(3.0);
    }

    /// <summary>The same for many, bit for bit.</summary>
    public static Vector<double> ToNormal(Vector<ulong> bits)
    {
        var mask = new Vector<ulong>(0xFFFF);
        var sum = (bits & mask) + ((bits >>> 16) & mask) + ((bits >>> 32) & mask) + (bits >>> 48);
        return (((Vector.ConvertToDouble(sum) + new Vector<double>(2.0)) / new Vector<double>(65536.0)) - new Vector<double>(2.0)) * Math.Sqrt(3.0);
    }

    /// <summary>Uniforms of many lanes.</summary>
    /// <param name="lanes">int64, any shape and device.</param>
    /// <returns>float64 of the same shape and device. The caller disposes.</returns>
    public Tensor Uniform(long group, Tensor lanes)
    {
        using var scope = NewDisposeScope();
        return Part(_stream.Bits(group, lanes), 11, 53).to_type(ScalarType.Float64).mul_(1.0 / (1L << 53)).MoveToOuterDisposeScope();
    }

    /// <summary>Near normal draws of many lanes.</summary>
    /// <inheritdoc cref="Uniform(long, Tensor)"/>
    public Tensor Normal(long group, Tensor lanes)
    {
        using var scope = NewDisposeScope();
        var bits = _stream.Bits(group, lanes);
        var sum = Part(bits, 0, 16).add_(Part(bits, 16, 16)).add_(Part(bits, 32, 16)).add_(Part(bits, 48, 16));
        return sum.to_type(ScalarType.Float64).add_(2.0).div_(65536.0).sub_(2.0).mul_(Math.Sqrt(3.0)).MoveToOuterDisposeScope();
    }

    /// <summary>The whole numbers 0 … count − 1 in random order.</summary>
    public int[] Shuffled(long group, int count) => [.. Enumerable.Range(0, count).OrderBy(index => _stream.Bits(group, index))];

    /// <summary>From a score on the whole line to a probability in (0, 1); 0 gives one half. Flatter at the ends than the logistic curve.</summary>
    public static double Squash(double score) => .5 + (.5 * score / Math.Sqrt(1 + (score * score)));

    private static Tensor Part(Tensor bits, long shift, int length) => bits.bitwise_right_shift(tensor(shift, device: bits.device)).bitwise_and_(tensor((1L << length) - 1, device: bits.device));
}
