using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Learning;

/// <summary>A sparse matrix by rows, in blocks that tensor operations can take whole: rows of near length together, padded to the longest of their block.</summary>
internal sealed class ObservedRows : IDisposable
{
    /// <summary>A block's padded entries times the width of the factors, and its normal equations, stay below so many numbers.</summary>
    private const long MostNumbers = 1 << 22;

    private ObservedRows(List<Block> blocks, int rowCount)
    {
        Blocks = blocks;
        RowCount = rowCount;
    }

    public IReadOnlyList<Block> Blocks { get; }

    public int RowCount { get; }

    /// <param name="rows">[P] row of each entry, in any order; columns likewise.</param>
    /// <param name="weights">[P] alpha·r of each entry, above 0.</param>
    /// <param name="width">F, columns of the factors that will be gathered.</param>
    public static ObservedRows Of(int[] rows, int[] columns, double[] weights, int rowCount, int width)
    {
        var starts = new int[rowCount + 1];
        foreach (var row in rows)
            starts[row + 1]++;
        var byLength = Enumerable.Range(0, rowCount).Where(row => starts[row + 1] > 0).OrderByDescending(row => starts[row + 1]).ToArray();
        for (var row = 0; row < rowCount; row++)
            starts[row + 1] += starts[row];
        var (sortedColumns, sortedWeights, next) = (new long[rows.Length], new double[rows.Length], starts[..rowCount]);
        for (var entry = 0; entry < rows.Length; entry++)
        {
            var place = next[rows[entry]]++;
            (sortedColumns[place], sortedWeights[place]) = (columns[entry], weights[entry]);
        }

        var blocks = new List<Block>();
        for (var first = 0; first < byLength.Length;)
        {
            var longest = starts[byLength[first] + 1] - starts[byLength[first]];
            var count = (int)Math.Clamp(MostNumbers / (width * (long)Math.Max(longest, width)), 1, byLength.Length - first);
            blocks.Add(Block.Of(byLength.AsSpan(first, count), longest, starts, sortedColumns, sortedWeights));
            first += count;
        }
        return new ObservedRows(blocks, rowCount);
    }

    public void Dispose()
    {
        foreach (var block in Blocks)
            block.Dispose();
    }

    /// <summary>B rows of up to L entries.</summary>
    /// <param name="Rows">[B] int64.</param>
    /// <param name="Columns">[B, L] int64; 0 where there is no entry.</param>
    /// <param name="Weights">[B, L] float64; 0 where there is no entry.</param>
    /// <param name="Mask">[B, L] float64, 1 where there is an entry, else 0.</param>
    internal sealed record Block(Tensor Rows, Tensor Columns, Tensor Weights, Tensor Mask) : IDisposable
    {
        public static Block Of(ReadOnlySpan<int> rows, int longest, int[] starts, long[] columns, double[] weights)
        {
            var (ids, paddedColumns, paddedWeights, mask) = (new long[rows.Length], new long[rows.Length * longest], new double[rows.Length * longest], new double[rows.Length * longest]);
            for (var place = 0; place < rows.Length; place++)
            {
                var (start, length) = (starts[rows[place]], starts[rows[place] + 1] - starts[rows[place]]);
                ids[place] = rows[place];
                columns.AsSpan(start, length).CopyTo(paddedColumns.AsSpan(place * longest));
                weights.AsSpan(start, length).CopyTo(paddedWeights.AsSpan(place * longest));
                mask.AsSpan(place * longest, length).Fill(1);
            }
            long[] shape = [rows.Length, longest];
            return new Block(
                tensor(ids).DetachFromDisposeScope(), tensor(paddedColumns, shape).DetachFromDisposeScope(),
                tensor(paddedWeights, shape).DetachFromDisposeScope(), tensor(mask, shape).DetachFromDisposeScope());
        }

        public void Dispose()
        {
            Rows.Dispose();
            Columns.Dispose();
            Weights.Dispose();
            Mask.Dispose();
        }
    }
}
