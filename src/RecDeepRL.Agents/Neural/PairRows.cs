using System.Runtime.CompilerServices;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>The slopes of a loss with respect to what went into a <see cref="PairRows"/>, and to its layers. Of those, none where they were not asked for.</summary>
/// <param name="States">[R, H].</param>
/// <param name="Items">[R, C, H].</param>
internal sealed record PairSlopes(Tensor States, Tensor Items, Tensor? Hidden, Tensor? HiddenBias, Tensor? Output, Tensor? OutputBias);

/// <summary>R states with C items each, through the layers of a <see cref="PairNetwork"/> and back, on the CPU.</summary>
/// <remarks>Between the products of matrices there is one pass over memory each, twice forward and twice back, where autograd has some twenty-five. The first
/// layer's products, and what lies before them, stay with autograd. Equal to it within rounding.</remarks>
internal sealed class PairRows
{
    /// <summary>Rows whose contributions to a layer's slopes are added up one after the other. The same however many threads there are, and so is the sum.</summary>
    private const int RowsInSum = 256;

    private readonly Tensor _hidden;
    private readonly Tensor _output;
    private readonly Tensor _first;
    private readonly Tensor _second;
    private readonly long _rows;
    private readonly long _perState;
    private readonly int _width;
    private readonly int _outputCount;

    /// <summary>Goes forward. Its tensors belong to the dispose scope in which it is made.</summary>
    /// <param name="states">[R, H] float32, the states' part of the first layer. Borrowed, as are all.</param>
    /// <param name="items">[R, C, H], the items' part.</param>
    /// <param name="hidden">[H, H].</param>
    /// <param name="hiddenBias">[H].</param>
    /// <param name="output">[O, H].</param>
    /// <param name="outputBias">[O].</param>
    public PairRows(Tensor states, Tensor items, Tensor hidden, Tensor hiddenBias, Tensor output, Tensor outputBias)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        (States, Items) = (states, items);
        (_perState, _width, _outputCount) = (items.size(1), (int)states.size(1), (int)output.size(0));
        (_hidden, _output) = (hidden.detach().MoveToOuterDisposeScope(), output.detach().MoveToOuterDisposeScope());
        _rows = items.size(0) * _perState;
        _first = empty([_rows, _width], ScalarType.Float32).MoveToOuterDisposeScope();
        Outputs = empty([items.size(0), _perState, _outputCount], ScalarType.Float32).MoveToOuterDisposeScope();
        Tensor[] read = [states.contiguous(), items.contiguous(), hiddenBias.detach().contiguous(), _output.contiguous()];
        var pass = new Forward(new(read[0]), new(read[1]), new(_first), new(read[2]), new(read[3]), outputBias.detach().data<float>().ToArray(), new(Outputs), _perState, _width);
        if (ProductTile.Suits(_width))
        {
            _second = empty([_rows, _width], ScalarType.Float32).MoveToOuterDisposeScope();
            var (layer, sums) = (new PackedWeights(_hidden, forward: true), new TensorMemory<float>(_second));
            PackedWeights.ForEach(_rows, 1, _width, (row, count) =>
            {
                pass.Add(row, count);
                layer.Multiply(pass.First.Slice(row * _width, count * _width), sums.Slice(row * _width, count * _width));
                pass.Finish(sums, row, count);
            });
        }
        else
        {
            UserSlices.ForEachInOnePass(_rows, _width, pass.Add);
            _second = _first.mm(_hidden.t()).MoveToOuterDisposeScope();
            var sums = new TensorMemory<float>(_second);
            UserSlices.ForEachInOnePass(_rows, _width, (row, count) => pass.Finish(sums, row, count));
        }
        GC.KeepAlive(read);
        Outputs.requires_grad_(true);
    }

    public Tensor States { get; }

    public Tensor Items { get; }

    /// <summary>[R, C, O], a leaf: what a loss is to be differentiated with respect to.</summary>
    public Tensor Outputs { get; }

    /// <summary>Goes back. To be called once, since it writes over what forward has kept.</summary>
    /// <param name="slopes">[R, C, O], of the loss with respect to <see cref="Outputs"/>.</param>
    /// <param name="ofLayers">Whether the slopes with respect to the layers' weights are asked for.</param>
    public PairSlopes Back(Tensor slopes, bool ofLayers)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (layers, flat) = (BackThroughOutputs(slopes), slopes.reshape(-1, _outputCount));
        var byTiles = ProductTile.Suits(_width);
        var hidden = !ofLayers ? null : byTiles ? WeightSlopes.Of(_second, _first) : _second.t().mm(_first);
        var items = byTiles ? empty_like(_second) : _second.mm(_hidden);
        var states = BackThroughSum(items, byTiles ? new PackedWeights(_hidden, forward: false) : null);
        return new PairSlopes(
            states.MoveToOuterDisposeScope(),
            items.view(Items.shape).MoveToOuterDisposeScope(),
            hidden?.MoveToOuterDisposeScope(),
            ofLayers ? layers.select(0, _outputCount).clone().MoveToOuterDisposeScope() : null,
            ofLayers ? layers.narrow(0, 0, _outputCount).clone().MoveToOuterDisposeScope() : null,
            ofLayers ? flat.sum([0]).MoveToOuterDisposeScope() : null);
    }

    /// <summary>Leaves in the second layer the slopes of its sums.</summary>
    /// <returns>[O + 1, H]: the slopes of the output's weights, and below them those of the hidden bias.</returns>
    private Tensor BackThroughOutputs(Tensor slopes)
    {
        var parts = (_rows + RowsInSum - 1) / RowsInSum;
        var sums = zeros([parts, _outputCount + 1, _width], ScalarType.Float32);
        Tensor[] read = [slopes.contiguous(), _output.contiguous()];
        var (outputSlopes, weights) = (new TensorMemory<float>(read[0]), new TensorMemory<float>(read[1]));
        var (layer, added) = (new TensorMemory<float>(_second), new TensorMemory<float>(sums));
        var (widthOfOutputs, widthOfSums) = (_outputCount * _width, (_outputCount + 1) * _width);
        UserSlices.ForEachInOnePass(parts, RowsInSum * _width, (part, count) =>
        {
            for (var row = part * RowsInSum; row < Math.Min(_rows, (part + count) * RowsInSum); row++)
            {
                var own = added.Slice(row / RowsInSum * widthOfSums, widthOfSums);
                RectifiedRows.Back(
                    layer.Slice(row * _width, _width), outputSlopes.Slice(row * _outputCount, _outputCount), weights.Slice(0, widthOfOutputs), own[..widthOfOutputs], own[widthOfOutputs..]);
            }
        });
        GC.KeepAlive(read);
        return parts == 1 ? sums.select(0, 0) : sums.sum([0]);
    }

    /// <summary>Leaves of the slopes of the first layer those of its sums.</summary>
    /// <param name="slopes">[rows, H].</param>
    /// <param name="layer">What makes the slopes of the first layer out of those of the second one's sums; none where they are there already.</param>
    /// <returns>[R, H], summed over each state's items.</returns>
    private Tensor BackThroughSum(Tensor slopes, PackedWeights? layer)
    {
        var states = zeros([States.size(0), _width], ScalarType.Float32);
        var (rows, first, second, sums) = (new TensorMemory<float>(slopes), new TensorMemory<float>(_first), new TensorMemory<float>(_second), new TensorMemory<float>(states));
        PackedWeights.ForEach(States.size(0), _perState, _width, (state, count) =>
        {
            var (start, size) = (state * _perState * _width, (int)(count * _perState * _width));
            layer?.Multiply(second.Slice(start, size), rows.Slice(start, size));
            for (var row = state * _perState; row < (state + count) * _perState; row++)
                RectifiedRows.Mask(rows.Slice(row * _width, _width), first.Slice(row * _width, _width), sums.Slice(row / _perState * _width, _width));
        });
        return states;
    }

    private sealed record Forward(
        TensorMemory<float> States, TensorMemory<float> Items, TensorMemory<float> First, TensorMemory<float> HiddenBias, TensorMemory<float> Output, float[] OutputBias,
        TensorMemory<float> Outputs, long PerState, int Width)
    {
        /// <summary>relu(state + item) of some rows.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Add(long row, int count)
        {
            for (var end = row + count; row < end; row++)
                RectifiedRows.Add(States.Slice(row / PerState * Width, Width), Items.Slice(row * Width, Width), First.Slice(row * Width, Width));
        }

        /// <summary>The second layer and the outputs of some rows.</summary>
        /// <param name="second">[rows, H], its sums without the bias; becomes the layer.</param>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Finish(TensorMemory<float> second, long row, int count)
        {
            for (var end = row + count; row < end; row++)
            {
                var hidden = second.Slice(row * Width, Width);
                RectifiedRows.Add(hidden, HiddenBias.Slice(0, Width), hidden);
                var own = Outputs.Slice(row * OutputBias.Length, OutputBias.Length);
                for (var output = 0; output < own.Length; output++)
                    own[output] = OutputBias[output] + RectifiedRows.Dot(hidden, Output.Slice(output * Width, Width));
            }
        }
    }
}
