using System.Buffers;
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
        var pass = new Pass(
            new(read[0]), new(read[1]), candidates is null ? null : new TensorMemory<long>(read[4]), perState, new(read[2]), new(read[3]), bias.item<float>(), new(values), width);
        if (ProductTile.Suits(width))
        {
            var layer = new PackedWeights(hidden, forward: true);
            PackedWeights.ForEach(values.numel(), 1, width, (pair, count) => pass.Run(layer, pair, count));
        }
        else
        {
            ByBlocks(pass, values.numel(), hidden);
        }
        GC.KeepAlive(read);
        return values.MoveToOuterDisposeScope();
    }

    private static void ByBlocks(Pass pass, long pairs, Tensor hidden)
    {
        var width = pass.Width;
        var size = Math.Min(pairs, Math.Max(1, ValuesInBlock / width));
        var first = empty([size, width], ScalarType.Float32);
        var firstMemory = new TensorMemory<float>(first);
        var turned = hidden.t();
        for (var start = 0L; start < pairs; start += size)
        {
            using var block = NewDisposeScope();
            var (begin, count) = (start, Math.Min(size, pairs - start));
            UserSlices.ForEachInOnePass(count, width, (row, rows) => pass.Add(begin + row, firstMemory.Slice(row * width, rows * width)));
            var sums = (count == size ? first : first.narrow(0, 0, count)).mm(turned);
            var memory = new TensorMemory<float>(sums);
            UserSlices.ForEachInOnePass(count, width, (row, rows) => pass.Finish(memory.Slice(row * width, rows * width), begin + row));
            GC.KeepAlive(sums);
        }
        GC.KeepAlive(first);
    }

    private sealed record Pass(
        TensorMemory<float> States, TensorMemory<float> Items, TensorMemory<long>? Candidates, long PerState,
        TensorMemory<float> HiddenBias, TensorMemory<float> Output, float Bias, TensorMemory<float> Values, int Width)
    {
        /// <summary>The values of some pairs, from the first layer to the last.</summary>
        public void Run(PackedWeights layer, long pair, int pairs)
        {
            var size = pairs * Width;
            var buffer = ArrayPool<float>.Shared.Rent(2 * size);
            var first = buffer.AsSpan(0, size);
            var sums = buffer.AsSpan(size, size);
            Add(pair, first);
            layer.Multiply(first, sums);
            Finish(sums, pair);
            ArrayPool<float>.Shared.Return(buffer);
        }

        /// <summary>relu(state + item) of some pairs.</summary>
        /// <param name="first">[pairs · H].</param>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Add(long pair, Span<float> first)
        {
            for (; first.Length > 0; first = first[Width..], pair++)
            {
                var (state, place) = Math.DivRem(pair, PerState);
                var item = Candidates is { } chosen ? chosen[pair] : place;
                RectifiedRows.Add(States.Slice(state * Width, Width), Items.Slice(item * Width, Width), first[..Width]);
            }
        }

        /// <summary>The values of some pairs.</summary>
        /// <param name="sums">[pairs · H], the hidden layer without its bias. Written over.</param>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Finish(Span<float> sums, long pair)
        {
            var bias = HiddenBias.Slice(0, Width);
            var output = Output.Slice(0, Width);
            var values = Values.Slice(pair, sums.Length / Width);
            for (var place = 0; place < values.Length; place++)
            {
                var hidden = sums.Slice(place * Width, Width);
                RectifiedRows.Add(hidden, bias, hidden);
                values[place] = Bias + RectifiedRows.Dot(hidden, output);
            }
        }
    }
}
