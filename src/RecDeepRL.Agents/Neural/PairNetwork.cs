using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RecDeepRL.Agents.Neural;

/// <summary>A network on pairs of a user's state and an item: two rectified hidden layers of H units and one linear output layer, and beside them,
/// where F factors are asked for, a factorisation Σ_f w_f · (U·s)_f · (V·e)_f.</summary>
/// <remarks>The first layer is split, W·[s, e] + b = (Wₛ·s + b) + Wₑ·e, so that B users and N items need B + N products and not B · N.
/// The factors multiply what hidden layers only add, and for all pairs they are one product of matrices.</remarks>
internal sealed class PairNetwork(ParameterBlock block, string name, int factors = 0)
{
    private readonly Tensor _state = block[name + ".state.weight"];
    private readonly Tensor _bias = block[name + ".state.bias"];
    private readonly Tensor _item = block[name + ".item.weight"];
    private readonly Tensor _hidden = block[name + ".hidden.weight"];
    private readonly Tensor _hiddenBias = block[name + ".hidden.bias"];
    private readonly Tensor _output = block[name + ".output.weight"];
    private readonly Tensor _outputBias = block[name + ".output.bias"];
    private readonly Tensor? _stateFactors = factors == 0 ? null : block[name + ".state.factors"];
    private readonly Tensor? _itemFactors = factors == 0 ? null : block[name + ".item.factors"];
    private readonly Tensor? _outputFactors = factors == 0 ? null : block[name + ".output.factors"];

    /// <summary>Whether passes over memory take the place of tensor operations.</summary>
    public bool TakesPasses => !ByTensorOperations && factors == 0 && _hidden.device_type == DeviceType.CPU;

    /// <summary>Whether tensor operations do everything, as they do off the CPU and with factors: what the passes over memory must equal.</summary>
    public bool ByTensorOperations { get; set; }

    /// <summary>Users whose pairs with some items are computed at a time, so that memory stays bounded: on the CPU what a cache holds, elsewhere what keeps the device busy.</summary>
    public static long UsersAtOnce(Device device, int hiddenSize, long itemsPerUser) =>
        Math.Max(1, (device.type == DeviceType.CPU ? 1L << 19 : 1L << 25) / (hiddenSize * itemsPerUser));

    public static IEnumerable<ParameterShape> Shapes(string name, int stateWidth, int itemWidth, int hiddenSize, int factors = 0, int outputs = 1)
    {
        var bound = 1 / Math.Sqrt(stateWidth + itemWidth);
        IEnumerable<ParameterShape> factorisation = factors == 0 ? [] :
        [
            new(name + ".state.factors", 1 / Math.Sqrt(stateWidth), factors, stateWidth),
            new(name + ".item.factors", 1 / Math.Sqrt(itemWidth), factors, itemWidth),
            new(name + ".output.factors", 1 / Math.Sqrt(factors), outputs, factors),
        ];
        return
        [
            new(name + ".state.weight", bound, hiddenSize, stateWidth),
            new(name + ".state.bias", bound, hiddenSize),
            new(name + ".item.weight", bound, hiddenSize, itemWidth),
            .. Perceptron.Layer(name + ".hidden", hiddenSize, hiddenSize),
            .. Perceptron.Layer(name + ".output", hiddenSize, outputs),
            .. factorisation,
        ];
    }

    /// <summary>The state's part of the first layer and of the factors. [..., S] to [..., H + F].</summary>
    public Tensor ProjectState(Tensor state) => Projected(functional.linear(state, _state, _bias), state, _stateFactors);

    /// <summary>The item's part of the first layer and of the factors. [..., E] to [..., H + F].</summary>
    public Tensor ProjectItem(Tensor item) => Projected(functional.linear(item, _item), item, _itemFactors);

    /// <summary>The last hidden layer, of two projections that broadcast. [..., H].</summary>
    public Tensor Features(Tensor projectedState, Tensor projectedItem)
    {
        using var scope = NewDisposeScope();
        var hiddenSize = _bias.size(0);
        var first = projectedState.narrow(-1, 0, hiddenSize).add(projectedItem.narrow(-1, 0, hiddenSize)).relu_();
        return functional.linear(first, _hidden, _hiddenBias).relu_().MoveToOuterDisposeScope();
    }

    /// <summary>The output of the last hidden layer, of a network of one output without factors. [..., H] to [...].</summary>
    public Tensor Output(Tensor features)
    {
        using var outputs = functional.linear(features, _output, _outputBias);
        return outputs.squeeze(-1);
    }

    /// <summary>One value for each state and item: [B, S] and [B, E] to [B].</summary>
    public Tensor OfOneItem(Tensor state, Tensor item) => Value(ProjectState(state), ProjectItem(item));

    /// <summary>One value for each of a user's items: [B, S] and [B, C, E] to [B, C].</summary>
    public Tensor OfItems(Tensor state, Tensor items) => Value(ProjectState(state).unsqueeze(1), ProjectItem(items));

    /// <summary>Values of projections that broadcast, of a network of one output.</summary>
    public Tensor Value(Tensor projectedState, Tensor projectedItem)
    {
        using var outputs = Outputs(projectedState, projectedItem);
        return outputs.squeeze(-1);
    }

    /// <summary>Every output of projections that broadcast: of [B, ·] and [B, ·] as [B, O], of [B, 1, ·] and [C, ·] or [B, C, ·] as [B, C, O].</summary>
    public Tensor Outputs(Tensor projectedState, Tensor projectedItem)
    {
        using var scope = NewDisposeScope();
        var outputs = functional.linear(Features(projectedState, projectedItem), _output, _outputBias);
        if (_outputFactors is not null)
            outputs = outputs.add(Factorised(projectedState.narrow(-1, _bias.size(0), factors), projectedItem.narrow(-1, _bias.size(0), factors)));
        return outputs.MoveToOuterDisposeScope();
    }

    /// <summary>A weighted sum of the outputs, of each state with each of its items. Without gradient.</summary>
    /// <param name="projectedStates">[B, H + F].</param>
    /// <param name="projectedItems">[N, H + F].</param>
    /// <param name="candidates">[B, C] int64, or none for all items.</param>
    /// <param name="weights">One for each output; one at least is not 0.</param>
    /// <returns>[B, C] or [B, N].</returns>
    public Tensor WeightedSum(Tensor projectedStates, Tensor projectedItems, Tensor? candidates, params double[] weights)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        if (TakesPasses)
            return PairValues.Of(projectedStates, projectedItems, candidates, _hidden, _hiddenBias, Weighted(_output, 0, weights), Weighted(_outputBias, 0, weights)).MoveToOuterDisposeScope();
        if (candidates is not null)
            projectedItems = projectedItems.index_select(0, candidates.reshape(-1)).reshape(candidates.size(0), candidates.size(1), -1);
        return Weighted(Outputs(projectedStates.unsqueeze(1), projectedItems), -1, weights).MoveToOuterDisposeScope();
    }

    /// <summary>The outputs of some items of each state such that slopes are found in passes over memory, which must be possible.</summary>
    /// <param name="projectedStates">[R, H + F].</param>
    /// <param name="projectedItems">[R, C, H + F].</param>
    public PairRows Rows(Tensor projectedStates, Tensor projectedItems) => new(projectedStates, projectedItems, _hidden, _hiddenBias, _output, _outputBias);

    /// <summary>Slopes of the layers, by the names of the parameters.</summary>
    public IEnumerable<(string Name, Tensor Slopes)> Named(PairSlopes slopes) =>
        [(name + ".hidden.weight", slopes.Hidden!), (name + ".hidden.bias", slopes.HiddenBias!), (name + ".output.weight", slopes.Output!), (name + ".output.bias", slopes.OutputBias!)];

    /// <summary>The item's part of the first layer, backwards: slopes [..., H] of the projection to those [..., E] of the item.</summary>
    public Tensor BackToItem(Tensor slopes) => slopes.matmul(_item);

    /// <summary>The weighted sum along a dimension of one entry for each output.</summary>
    private static Tensor Weighted(Tensor outputs, long dimension, double[] weights) =>
        Enumerable.Range(0, weights.Length).Where(output => weights[output] != 0)
            .Select(output => weights[output] == 1 ? outputs.select(dimension, output) : outputs.select(dimension, output).mul(weights[output]))
            .Aggregate((sum, part) => sum.add(part));

    private Tensor Factorised(Tensor state, Tensor item)
    {
        if (state.dim() == 2)
            return functional.linear(state.mul(item), _outputFactors!);
        // [B, O, F] with [F, C] or [B, F, C]: the products of a pair are never written down.
        return state.mul(_outputFactors!).matmul(item.transpose(-2, -1)).transpose(-2, -1);
    }

    private static Tensor Projected(Tensor linear, Tensor input, Tensor? weights) =>
        weights is null ? linear : cat([linear, functional.linear(input, weights)], -1);
}
