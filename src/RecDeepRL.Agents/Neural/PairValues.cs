using System.Runtime.CompilerServices;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Values of many pairs of a state and an item by the layers of a <see cref="PairNetwork"/>, on the CPU and without gradient: block by block, so that a
/// pair's numbers stay in the cache from the first layer to its value.</summary>
/// <remarks>Tensor operations pass over the H numbers of every pair some ten times, through memory. Here they are written once and read once on either side of
/// the product of matrices, which is what remains. Equal to the operations within rounding.</remarks>
internal static class PairValues
{
    /// <summary>Numbers of a layer in one block.</summary>
    private const int ValuesInBlock = 1 << 17;

    /// <summary>bias + output · relu(hidden · relu(state + item) + hiddenBias) of each pair.</summary>
    /// <param name="states">[B, H] float32, the states' part of the first layer. Borrowed, as are all.</param>
    /// <param name="items">[N, H], the items' part.</param>
    /// <param name="candidates">[B, C] int64, or none for all items.</param>
    /// <param name="hidden">[H, H].</param>
    /// <param name="hiddenBias">[H].</param>
    /// <param name="output">[H].</param>
    /// <param name="bias">[].</param>
    /// <returns>[B, C] or [B, N]. The caller disposes.</returns>
    public static Tensor Of(Tensor states, Tensor items, Tensor? candidates, Tensor hidden, Tensor hiddenBias, Tensor output, Tensor bias)
    {
        using var scope = NewDisposeScope();
        var (stateCount, width, perState) = (states.size(0), (int)states.size(1), candidates?.size(1) ?? items.size(0));
        Tensor[] read = [states.contiguous(), items.contiguous(), hiddenBias.contiguous(), output.contiguous(), .. candidates is null ? (Tensor[])[] : [candidates.contiguous()]];
        var values = empty([stateCount, perState], ScalarType.Float32);
        var pairs = stateCount * perState;
        var size = Math.Min(pairs, Math.Max(1, ValuesInBlock / width));
        var first = empty([size, width], ScalarType.Float32);
        var pass = new Pass(
            new(read[0]), new(read[1]), candidates is null ? null : new TensorMemory<long>(read[4]), perState, new(first), new(read[2]), new(read[3]), bias.item<float>(), new(values), width);
        var turned = hidden.t();
        for (var start = 0L; start < pairs; start += size)
        {
            using var block = NewDisposeScope();
            var (begin, count) = (start, Math.Min(size, pairs - start));
            UserSlices.ForEachInOnePass(count, width, (row, rows) => pass.Add(begin, row, rows));
            var sums = (count == size ? first : first.narrow(0, 0, count)).mm(turned);
            var memory = new TensorMemory<float>(sums);
            UserSlices.ForEachInOnePass(count, width, (row, rows) => pass.Finish(memory, begin, row, rows));
            GC.KeepAlive(sums);
        }
        GC.KeepAlive(read);
        return values.MoveToOuterDisposeScope();
    }

    private sealed record Pass(
        TensorMemory<float> States, TensorMemory<float> Items, TensorMemory<long>? Candidates, long PerState, TensorMemory<float> First,
        TensorMemory<float> HiddenBias, TensorMemory<float> Output, float Bias, TensorMemory<float> Values, int Width)
    {
        /// <summary>relu(state + item) of some pairs of a block.</summary>
        /// <param name="begin">The block's first pair.</param>
        /// <param name="row">The first row within the block.</param>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Add(long begin, long row, int rows)
        {
            for (var end = row + rows; row < end; row++)
            {
                var (state, place) = Math.DivRem(begin + row, PerState);
                var item = Candidates is { } chosen ? chosen[begin + row] : place;
                RectifiedRows.Add(States.Slice(state * Width, Width), Items.Slice(item * Width, Width), First.Slice(row * Width, Width));
            }
        }

        /// <summary>The values of some pairs of a block.</summary>
        /// <param name="sums">[rows of the block, H], the hidden layer without its bias.</param>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Finish(TensorMemory<float> sums, long begin, long row, int rows)
        {
            var bias = HiddenBias.Slice(0, Width);
            var output = Output.Slice(0, Width);
            var values = Values.Slice(begin + row, rows);
            for (var place = 0; place < rows; place++)
            {
                var hidden = sums.Slice((row + place) * Width, Width);
                RectifiedRows.Add(hidden, bias, hidden);
                values[place] = Bias + RectifiedRows.Dot(hidden, output);
            }
        }
    }
}
