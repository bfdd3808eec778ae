using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RecDeepRL.Agents.Neural;

/// <summary>Vectorised loops over the H numbers of a rectified layer, of one row at a time. relu of NaN is NaN, as libtorch's.</summary>
internal static class RectifiedRows
{
    /// <summary>sums ← relu(one + other).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(ReadOnlySpan<float> one, ReadOnlySpan<float> other, Span<float> sums)
    {
        var ones = MemoryMarshal.Cast<float, Vector<float>>(one);
        var others = MemoryMarshal.Cast<float, Vector<float>>(other);
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(sums);
        for (var place = 0; place < vectors.Length; place++)
            vectors[place] = Positive(ones[place] + others[place]);
        for (var place = Rest(vectors); place < sums.Length; place++)
            sums[place] = Positive(one[place] + other[place]);
    }

    /// <summary>Σ weights · values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Dot(ReadOnlySpan<float> values, ReadOnlySpan<float> weights)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var factors = MemoryMarshal.Cast<float, Vector<float>>(weights);
        // Two running sums, so that an addition need not wait for the one before it.
        var (even, odd) = (Vector<float>.Zero, Vector<float>.Zero);
        var place = 0;
        for (; place < vectors.Length - 1; place += 2)
        {
            even = Vector.FusedMultiplyAdd(vectors[place], factors[place], even);
            odd = Vector.FusedMultiplyAdd(vectors[place + 1], factors[place + 1], odd);
        }
        if (place < vectors.Length)
            even = Vector.FusedMultiplyAdd(vectors[place], factors[place], even);
        var sum = Vector.Sum(even + odd);
        for (place = Rest(vectors); place < values.Length; place++)
            sum += values[place] * weights[place];
        return sum;
    }

    /// <summary>Turns the slopes of the outputs into those of the hidden layer's sums, and adds up those of weights and bias.</summary>
    /// <param name="hidden">The layer, relu(sums); becomes Σ slopesₒ · weightsₒ where it is above 0, and 0 elsewhere.</param>
    /// <param name="slopes">One for each output.</param>
    /// <param name="weights">[outputs · H], row by row.</param>
    /// <param name="weightSlopes">Like the weights: slopesₒ · hidden is added.</param>
    /// <param name="biasSlopes">[H]: what hidden becomes is added.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Back(Span<float> hidden, ReadOnlySpan<float> slopes, ReadOnlySpan<float> weights, Span<float> weightSlopes, Span<float> biasSlopes)
    {
        var width = hidden.Length;
        for (var output = 0; output < slopes.Length; output++)
            AddScaled(hidden, slopes[output], weightSlopes.Slice(output * width, width));
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(hidden);
        var biasVectors = MemoryMarshal.Cast<float, Vector<float>>(biasSlopes);
        for (var place = 0; place < vectors.Length; place++)
        {
            var sum = Vector<float>.Zero;
            for (var output = 0; output < slopes.Length; output++)
                sum = Vector.FusedMultiplyAdd(new Vector<float>(slopes[output]), new Vector<float>(weights.Slice((output * width) + (place * Vector<float>.Count))), sum);
            vectors[place] = Vector.ConditionalSelect(Vector.GreaterThan(vectors[place], Vector<float>.Zero), sum, Vector<float>.Zero);
            biasVectors[place] += vectors[place];
        }
        for (var place = Rest(vectors); place < width; place++)
        {
            var sum = 0f;
            for (var output = 0; output < slopes.Length; output++)
                sum = MathF.FusedMultiplyAdd(slopes[output], weights[(output * width) + place], sum);
            hidden[place] = hidden[place] > 0 ? sum : 0;
            biasSlopes[place] += hidden[place];
        }
    }

    /// <summary>Leaves of the slopes of a layer those where the layer is above 0, and adds them to sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Mask(Span<float> slopes, ReadOnlySpan<float> layer, Span<float> sums)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(slopes);
        var layers = MemoryMarshal.Cast<float, Vector<float>>(layer);
        var added = MemoryMarshal.Cast<float, Vector<float>>(sums);
        for (var place = 0; place < vectors.Length; place++)
        {
            vectors[place] = Vector.ConditionalSelect(Vector.GreaterThan(layers[place], Vector<float>.Zero), vectors[place], Vector<float>.Zero);
            added[place] += vectors[place];
        }
        for (var place = Rest(vectors); place < slopes.Length; place++)
        {
            slopes[place] = layer[place] > 0 ? slopes[place] : 0;
            sums[place] += slopes[place];
        }
    }

    /// <summary>sums ← sums + factor · values.</summary>
    private static void AddScaled(ReadOnlySpan<float> values, float factor, Span<float> sums)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var added = MemoryMarshal.Cast<float, Vector<float>>(sums);
        var factors = new Vector<float>(factor);
        for (var place = 0; place < vectors.Length; place++)
            added[place] = Vector.FusedMultiplyAdd(vectors[place], factors, added[place]);
        for (var place = Rest(vectors); place < values.Length; place++)
            sums[place] = MathF.FusedMultiplyAdd(values[place], factor, sums[place]);
    }

    private static Vector<float> Positive(Vector<float> values) => Vector.ConditionalSelect(Vector.LessThan(values, Vector<float>.Zero), Vector<float>.Zero, values);

    private static float Positive(float value) => value < 0 ? 0 : value;

    /// <summary>Where the numbers begin that fill no vector.</summary>
    private static int Rest(ReadOnlySpan<Vector<float>> vectors) => vectors.Length * Vector<float>.Count;
}
