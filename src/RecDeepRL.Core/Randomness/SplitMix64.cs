using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace RecDeepRL.Core.Randomness;

/// <summary>The finaliser of SplitMix64 (Steele, Lea, Flood 2014; constants of Stafford's variant 13) as a hash of 64 bits: in scalars,
/// in vectors on the CPU, and in int64 tensor operations on any device. The three agree bit for bit.</summary>
internal static class SplitMix64
{
    /// <summary>2⁶⁴ divided by the golden ratio, made odd: the step from one state to the next.</summary>
    public const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>The angle of one step in the lower 32 bits: 2³² of them make a turn.</summary>
    public const double Angle = 2.0 * Math.PI / (1L << 32);

    private const ulong First = 0xBF58476D1CE4E5B9;
    private const ulong Second = 0x94D049BB133111EB;

    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * First;
        value = (value ^ (value >> 27)) * Second;
        return value ^ (value >> 31);
    }

    /// <summary>Fills <paramref name="bits"/> with the hash of start + Golden · (lane + 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill(ReadOnlySpan<long> lanes, ulong start, Span<ulong> bits)
    {
        var input = MemoryMarshal.Cast<long, ulong>(lanes);
        var width = Vector<ulong>.Count;
        var offset = new Vector<ulong>(unchecked(start + Golden));
        var index = 0;
        for (; index <= input.Length - width; index += width)
            Mix(new Vector<ulong>(input[index..]), offset).CopyTo(bits[index..]);
        for (; index < input.Length; index++)
            bits[index] = Mix(unchecked(start + (Golden * (input[index] + 1))));
    }

    /// <summary>Fills <paramref name="values"/> with the top 24 bits of the same hash, as uniforms in [0, 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FillUniform(ReadOnlySpan<long> lanes, ulong start, Span<float> values)
    {
        var input = MemoryMarshal.Cast<long, ulong>(lanes);
        var width = Vector<ulong>.Count;
        var offset = new Vector<ulong>(unchecked(start + Golden));
        var scale = new Vector<float>(1f / (1 << 24));
        var index = 0;
        // Two vectors of hashes make one of uniforms. A number of 24 bits is exact as an integer and as a float.
        for (; index <= input.Length - (2 * width); index += 2 * width)
        {
            var low = Mix(new Vector<ulong>(input[index..]), offset) >>> 40;
            var high = Mix(new Vector<ulong>(input[(index + width)..]), offset) >>> 40;
            (Vector.ConvertToSingle(Vector.AsVectorInt32(Vector.Narrow(low, high))) * scale).CopyTo(values[index..]);
        }
        for (; index < input.Length; index++)
            values[index] = (int)(Mix(unchecked(start + (Golden * (input[index] + 1)))) >> 40) * (1f / (1 << 24));
    }

    /// <summary>Splits the same hash into what the Box–Muller transform begins with: its upper 32 bits as a uniform in (0, 1), its lower ones as an angle in [0, 2π).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FillHalves(ReadOnlySpan<long> lanes, ulong start, Span<double> uniforms, Span<double> angles)
    {
        var input = MemoryMarshal.Cast<long, ulong>(lanes);
        var width = Vector<ulong>.Count;
        var offset = new Vector<ulong>(unchecked(start + Golden));
        var index = 0;
        for (; index <= input.Length - width; index += width)
        {
            var bits = Mix(new Vector<ulong>(input[index..]), offset);
            ((ToDouble(bits >>> 32) + new Vector<double>(0.5)) * new Vector<double>(1.0 / (1L << 32))).CopyTo(uniforms[index..]);
            (ToDouble(bits & new Vector<ulong>(uint.MaxValue)) * new Vector<double>(Angle)).CopyTo(angles[index..]);
        }
        for (; index < input.Length; index++)
        {
            var bits = Mix(unchecked(start + (Golden * (input[index] + 1))));
            uniforms[index] = ((bits >> 32) + 0.5) * (1.0 / (1L << 32));
            angles[index] = (uint)bits * Angle;
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

    /// <summary>Numbers below 2⁵² are exact: as the last bits of 2⁵² + x they need no conversion, which AVX2 lacks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> ToDouble(Vector<ulong> values)
    {
        var origin = new Vector<double>(1L << 52);
        return Vector.AsVectorDouble(values | Vector.AsVectorUInt64(origin)) - origin;
    }

    /// <summary>The hash of offset + Golden · lane, for a vector of lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<ulong> Mix(Vector<ulong> lanes, Vector<ulong> offset)
    {
        var value = (lanes * new Vector<ulong>(Golden)) + offset;
        value = (value ^ (value >>> 30)) * new Vector<ulong>(First);
        value = (value ^ (value >>> 27)) * new Vector<ulong>(Second);
        return value ^ (value >>> 31);
    }

    private static Tensor ShiftedExclusiveOr(Tensor value, int count) => value.bitwise_xor(LogicalShift(value, count));
}
