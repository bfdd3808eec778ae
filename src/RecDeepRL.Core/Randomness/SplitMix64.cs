using System.Numerics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace RecDeepRL.Core.Randomness;

/// <summary>The finaliser of SplitMix64 (Steele, Lea, Flood 2014; constants of Stafford's variant 13) as a hash of 64 bits: in scalars,
/// in vectors on the CPU, and in int64 tensor operations on any device. The three agree bit for bit.</summary>
internal static class SplitMix64
{
    /// <summary>2⁶⁴ divided by the golden ratio, made odd: the step from one state to the next.</summary>
    public const ulong Golden = 0x9E3779B97F4A7C15;

    private const ulong First = 0xBF58476D1CE4E5B9;
    private const ulong Second = 0x94D049BB133111EB;

    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * First;
        value = (value ^ (value >> 27)) * Second;
        return value ^ (value >> 31);
    }

    /// <summary>Fills <paramref name="bits"/> with the hash of start + Golden · (lane + 1).</summary>
    public static void Fill(ReadOnlySpan<long> lanes, ulong start, Span<ulong> bits)
    {
        var input = MemoryMarshal.Cast<long, ulong>(lanes);
        var width = Vector<ulong>.Count;
        var offset = new Vector<ulong>(unchecked(start + Golden));
        var golden = new Vector<ulong>(Golden);
        var first = new Vector<ulong>(First);
        var second = new Vector<ulong>(Second);
        var index = 0;
        for (; index <= input.Length - width; index += width)
        {
            var value = (new Vector<ulong>(input[index..]) * golden) + offset;
            value = (value ^ (value >>> 30)) * first;
            value = (value ^ (value >>> 27)) * second;
            value ^= value >>> 31;
            value.CopyTo(bits[index..]);
        }
        for (; index < input.Length; index++)
            bits[index] = Mix(unchecked(start + (Golden * (input[index] + 1))));
    }

    /// <summary>Fills <paramref name="values"/> with the top 24 bits of the same hash, as uniforms in [0, 1).</summary>
    public static void FillUniform(ReadOnlySpan<long> lanes, ulong start, Span<float> values)
    {
        Span<ulong> bits = stackalloc ulong[512];
        for (var first = 0; first < lanes.Length; first += bits.Length)
        {
            var count = Math.Min(bits.Length, lanes.Length - first);
            Fill(lanes.Slice(first, count), start, bits);
            for (var index = 0; index < count; index++)
                values[first + index] = (int)(bits[index] >> 40) * (1f / (1 << 24));
        }
    }

    /// <summary>The same as tensor operations: int64 in, int64 out, read as 64 bits.</summary>
    public static Tensor Mix(Tensor lanes, ulong start)
    {
        using var scope = NewDisposeScope();
        var value = lanes.mul(unchecked((long)Golden)).add_(unchecked((long)(start + Golden)));
        value = ShiftedExclusiveOr(value, 30).mul_(unchecked((long)First));
        value = ShiftedExclusiveOr(value, 27).mul_(unchecked((long)Second));
        return ShiftedExclusiveOr(value, 31).MoveToOuterDisposeScope();
    }

    /// <summary>A logical right shift, which int64 tensors lack: an arithmetic one, and the copies of the sign masked away.</summary>
    public static Tensor LogicalShift(Tensor value, int count) =>
        value.bitwise_right_shift(tensor((long)count, device: value.device)).bitwise_and_(tensor((1L << (64 - count)) - 1, device: value.device));

    private static Tensor ShiftedExclusiveOr(Tensor value, int count) => value.bitwise_xor(LogicalShift(value, count));
}
