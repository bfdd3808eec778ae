using System.Buffers;
using System.Runtime.CompilerServices;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>The slopes of the weights of a square layer by <see cref="ProductTile"/>, on the CPU.</summary>
internal static unsafe class WeightSlopes
{
    /// <summary>Rows that a tile sums at a time: what it reads of them stays in a first cache.</summary>
    private const int RowsAtOnce = 256;

    /// <summary>Rows of the result that are summed beside each other: many, and what is read of the rows is read less often; few, and more threads find something to do.</summary>
    private const int UnitsAtOnce = 32;

    /// <summary>slopesᵀ · rows. The order of the sums is the same however many threads there are.</summary>
    /// <param name="slopes">[R, W] float32, contiguous, of the layer's sums; W a multiple of 32. Borrowed, as are the rows.</param>
    /// <param name="rows">[R, W], what went into the layer.</param>
    /// <returns>[W, W]. The caller disposes.</returns>
    public static Tensor Of(Tensor slopes, Tensor rows)
    {
        using var scope = NewDisposeScope();
        var (count, width) = (rows.size(0), (int)rows.size(1));
        var (sums, packed) = (zeros([width, width], ScalarType.Float32), empty([count, width], ScalarType.Float32));
        var pass = new Pass(new(slopes), new(rows), new(packed), new(sums), count, width);
        UserSlices.ForEachInOnePass((count + RowsAtOnce - 1) / RowsAtOnce, RowsAtOnce * width, pass.Pack);
        UserSlices.ForEachInOnePass(width / UnitsAtOnce, count * UnitsAtOnce, pass.Sum);
        return sums.MoveToOuterDisposeScope();
    }

    private sealed record Pass(TensorMemory<float> Slopes, TensorMemory<float> Rows, TensorMemory<float> Packed, TensorMemory<float> Sums, long Count, int Width)
    {
        /// <summary>Copies some parts of the rows, 32 columns after the other.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Pack(long part, int parts)
        {
            for (var end = part + parts; part < end; part++)
            {
                var (start, depth) = Part(part);
                var packed = Packed.Slice(start * Width, depth * Width);
                for (var column = 0; column < Width; column += ProductTile.Columns)
                {
                    for (var row = 0; row < depth; row++, packed = packed[ProductTile.Columns..])
                        Rows.Slice(((start + row) * Width) + column, ProductTile.Columns).CopyTo(packed);
                }
            }
        }

        /// <summary>Some groups of rows of the result.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Sum(long group, int groups)
        {
            // The slopes of the units of one tile, row by row.
            var units = ArrayPool<float>.Shared.Rent(RowsAtOnce * ProductTile.Rows);
            for (var part = 0L; part * RowsAtOnce < Count; part++)
            {
                var (start, depth) = Part(part);
                for (var unit = group * UnitsAtOnce; unit < (group + groups) * UnitsAtOnce; unit += ProductTile.Rows)
                {
                    for (var row = 0; row < depth; row++)
                        Slopes.Slice(((start + row) * Width) + unit, ProductTile.Rows).CopyTo(units.AsSpan(row * ProductTile.Rows));
                    fixed (float* left = units, right = Packed.Slice(start * Width, depth * Width), sums = Sums.Slice(unit * Width, ProductTile.Rows * Width))
                    {
                        for (var column = 0; column < Width; column += ProductTile.Columns)
                            ProductTile.Multiply(left, 1, ProductTile.Rows, right + (column * depth), depth, sums + column, Width, add: true);
                    }
                }
            }
            ArrayPool<float>.Shared.Return(units);
        }

        private (long Start, int Depth) Part(long part) => (part * RowsAtOnce, (int)Math.Min(RowsAtOnce, Count - (part * RowsAtOnce)));
    }
}
