using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RecDeepRL.Agents.Neural;

/// <summary>The product of a few rows with a few columns, which stays in sixteen vectors until it is complete.</summary>
/// <remarks>The usual way of computing a large product: one factor is stored such that what a tile reads of it lies in a row (Goto and van de Geijn, Anatomy of
/// High-Performance Matrix Multiplication, 2008). Sums are added up in one order, whatever else is computed beside it.</remarks>
internal static unsafe class ProductTile
{
    public const int Rows = 8;

    /// <summary>Two vectors of 512 bits.</summary>
    public const int Columns = 32;

    /// <summary>Whether such products are computed by tiles, and not by libtorch: where vectors have 512 bits, and without rows or columns left over.</summary>
    /// <remarks>Of such a processor, from AMD, libtorch's MKL used vectors of 256 bits. Narrow layers are left to it: products are a small part of what is done with them.</remarks>
    public static bool Suits(long width) => Vector512.IsHardwareAccelerated && width >= 128 && width % Columns == 0;

    /// <summary>products[i, j] ← Σₖ left[i, k] · right[k, j], or adds that to what is there.</summary>
    /// <param name="left">The first of 8 × depth numbers.</param>
    /// <param name="row">How far apart two rows of these are.</param>
    /// <param name="next">How far apart two neighbours in such a row are.</param>
    /// <param name="right">[depth, 32], one after the other.</param>
    /// <param name="depth">How many products are summed.</param>
    /// <param name="products">The first of 8 × 32 numbers, neighbours one after the other.</param>
    /// <param name="productRow">How far apart two rows of these are.</param>
    /// <param name="add">Whether to add.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float* left, nint row, nint next, float* right, nint depth, float* products, nint productRow, bool add)
    {
        // Three pointers reach all eight rows by what a processor adds to an address by itself: none, one or two times the distance.
        var first = left;
        var second = left + (3 * row);
        var third = left + (6 * row);
        Vector512<float> sum00 = default, sum01 = default, sum10 = default, sum11 = default, sum20 = default, sum21 = default, sum30 = default, sum31 = default;
        Vector512<float> sum40 = default, sum41 = default, sum50 = default, sum51 = default, sum60 = default, sum61 = default, sum70 = default, sum71 = default;
        for (var end = right + (depth * Columns); right < end; right += Columns)
        {
            var (one, other) = (Vector512.Load(right), Vector512.Load(right + Vector512<float>.Count));
            AddScaled(first, one, other, ref sum00, ref sum01);
            AddScaled(first + row, one, other, ref sum10, ref sum11);
            AddScaled(first + (2 * row), one, other, ref sum20, ref sum21);
            AddScaled(second, one, other, ref sum30, ref sum31);
            AddScaled(second + row, one, other, ref sum40, ref sum41);
            AddScaled(second + (2 * row), one, other, ref sum50, ref sum51);
            AddScaled(third, one, other, ref sum60, ref sum61);
            AddScaled(third + row, one, other, ref sum70, ref sum71);
            first += next;
            second += next;
            third += next;
        }
        Store(products, sum00, sum01, add);
        Store(products + productRow, sum10, sum11, add);
        Store(products + (2 * productRow), sum20, sum21, add);
        Store(products + (3 * productRow), sum30, sum31, add);
        Store(products + (4 * productRow), sum40, sum41, add);
        Store(products + (5 * productRow), sum50, sum51, add);
        Store(products + (6 * productRow), sum60, sum61, add);
        Store(products + (7 * productRow), sum70, sum71, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddScaled(float* factor, Vector512<float> one, Vector512<float> other, ref Vector512<float> sums, ref Vector512<float> otherSums)
    {
        var factors = Vector512.Create(*factor);
        sums = Vector512.FusedMultiplyAdd(factors, one, sums);
        otherSums = Vector512.FusedMultiplyAdd(factors, other, otherSums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* place, Vector512<float> one, Vector512<float> other, bool add)
    {
        if (add)
        {
            one += Vector512.Load(place);
            other += Vector512.Load(place + Vector512<float>.Count);
        }
        one.Store(place);
        other.Store(place + Vector512<float>.Count);
    }
}
