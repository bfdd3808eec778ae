using System.Buffers;
using System.Runtime.CompilerServices;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>The weights of a square layer as <see cref="ProductTile"/> reads them: rows are multiplied by them as they come, a few or many, always to the same numbers.</summary>
internal sealed unsafe class PackedWeights
{
    /// <summary>Rows that are multiplied at a time where there are so many, so that weights that fill no cache are seldom read.</summary>
    private const int RowsAtOnce = 64;

    private readonly TensorMemory<float> _packed;
    private readonly Tensor _owner;
    private readonly int _width;

    /// <summary>A copy of the weights as they are now. It belongs to the dispose scope in which it is made.</summary>
    /// <param name="weights">[W, W] float32 on the CPU, W a multiple of 32. Borrowed.</param>
    /// <param name="forward">Whether rows are to be multiplied by weightsᵀ, as a layer does, or by weights, as its slopes are.</param>
    public PackedWeights(Tensor weights, bool forward)
    {
        _width = (int)weights.size(0);
        _owner = empty([_width / ProductTile.Columns, _width, ProductTile.Columns], ScalarType.Float32);
        _packed = new TensorMemory<float>(_owner);
        using var contiguous = weights.detach().contiguous();
        var read = new TensorMemory<float>(contiguous);
        var size = _width * ProductTile.Columns;
        UserSlices.ForEachInOnePass(_width / ProductTile.Columns, size, (panel, count) =>
        {
            for (var end = panel + count; panel < end; panel++)
            {
                var from = (int)panel * ProductTile.Columns;
                var to = _packed.Slice(panel * size, size);
                if (forward)
                    Turn(read.Slice(from * _width, size), to);
                else
                    for (var place = 0; place < _width; place++)
                        read.Slice((place * _width) + from, ProductTile.Columns).CopyTo(to[(place * ProductTile.Columns)..]);
            }
        });
    }

    /// <summary>Runs a loop over units of some rows each, side by side, with as many at a time as are well multiplied together.</summary>
    /// <param name="rowsPerUnit">At least 1.</param>
    /// <param name="width">W.</param>
    /// <param name="loop">Given the first unit and the number of units; must not write what another slice reads or writes.</param>
    public static void ForEach(long units, long rowsPerUnit, int width, Action<long, int> loop)
    {
        var atOnce = Math.Max(1, RowsAtOnce / rowsPerUnit);
        UserSlices.ForEachInOnePass((units + atOnce - 1) / atOnce, atOnce * rowsPerUnit * width, (group, groups) => loop(group * atOnce, (int)Math.Min(groups * atOnce, units - (group * atOnce))));
    }

    /// <summary>results[r] ← the product of rows[r], for some rows.</summary>
    /// <param name="rows">[count · W].</param>
    /// <param name="results">[count · W], elsewhere.</param>
    public void Multiply(ReadOnlySpan<float> rows, Span<float> results)
    {
        var count = rows.Length / _width;
        var whole = count - (count % ProductTile.Rows);
        Tiles(rows[..(whole * _width)], results[..(whole * _width)]);
        if (whole == count)
            return;
        // The last few as part of eight.
        var size = ProductTile.Rows * _width;
        var few = ArrayPool<float>.Shared.Rent(2 * size);
        rows[(whole * _width)..].CopyTo(few);
        Tiles(few.AsSpan(0, size), few.AsSpan(size, size));
        few.AsSpan(size, (count - whole) * _width).CopyTo(results[(whole * _width)..]);
        ArrayPool<float>.Shared.Return(few);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Tiles(ReadOnlySpan<float> rows, Span<float> results)
    {
        var count = rows.Length / _width;
        fixed (float* left = rows, products = results, right = _packed.Slice(0, _width * _width))
        {
            for (var column = 0; column < _width; column += ProductTile.Columns)
            {
                for (var row = 0; row < count; row += ProductTile.Rows)
                    ProductTile.Multiply(left + (row * _width), _width, 1, right + (column * _width), _width, products + (row * _width) + column, _width, add: false);
            }
        }
        GC.KeepAlive(_owner);
    }

    /// <summary>[32, W] to [W, 32].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Turn(ReadOnlySpan<float> from, Span<float> to)
    {
        for (var row = 0; row < ProductTile.Columns; row++)
        {
            var place = row;
            foreach (var value in from.Slice(row * _width, _width))
            {
                to[place] = value;
                place += ProductTile.Columns;
            }
        }
    }
}
