using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RecDeepRL.Agents.Neural;

/// <summary>A network on pairs of a user's state and an item: two rectified hidden layers of H units and one linear output.</summary>
/// <remarks>The first layer is split, W·[s, e] + b = (Wₛ·s + b) + Wₑ·e, so that B users and N items need B + N products and not B · N.</remarks>
internal sealed class PairNetwork(ParameterBlock block, string name)
{
    private readonly Tensor _state = block[name + ".state.weight"];
    private readonly Tensor _bias = block[name + ".state.bias"];
    private readonly Tensor _item = block[name + ".item.weight"];
    private readonly Tensor _hidden = block[name + ".hidden.weight"];
    private readonly Tensor _hiddenBias = block[name + ".hidden.bias"];
    private readonly Tensor _output = block[name + ".output.weight"];
    private readonly Tensor _outputBias = block[name + ".output.bias"];

    /// <summary>Users whose pairs with some items are computed at a time, so that memory stays bounded: on the CPU what a cache holds, elsewhere what keeps the device busy.</summary>
    public static long UsersAtOnce(Device device, int hiddenSize, long itemsPerUser) =>
        Math.Max(1, (device.type == DeviceType.CPU ? 1L << 19 : 1L << 25) / (hiddenSize * itemsPerUser));

    public static IEnumerable<ParameterShape> Shapes(string name, int stateWidth, int itemWidth, int hiddenSize)
    {
        var bound = 1 / Math.Sqrt(stateWidth + itemWidth);
        return
        [
            new(name + ".state.weight", bound, hiddenSize, stateWidth),
            new(name + ".state.bias", bound, hiddenSize),
            new(name + ".item.weight", bound, hiddenSize, itemWidth),
            .. Perceptron.Layer(name + ".hidden", hiddenSize, hiddenSize),
            .. Perceptron.Layer(name + ".output", hiddenSize, 1),
        ];
    }

    /// <summary>The state's part of the first layer. [..., S] to [..., H].</summary>
    public Tensor ProjectState(Tensor state) => functional.linear(state, _state, _bias);

    /// <summary>The item's part of the first layer. [..., E] to [..., H].</summary>
    public Tensor ProjectItem(Tensor item) => functional.linear(item, _item);

    /// <summary>The last hidden layer, of two projections that broadcast. [..., H].</summary>
    public Tensor Features(Tensor projectedState, Tensor projectedItem)
    {
        using var scope = NewDisposeScope();
        var first = projectedState.add(projectedItem).relu_();
        return functional.linear(first, _hidden, _hiddenBias).relu_().MoveToOuterDisposeScope();
    }

    /// <summary>The output of the last hidden layer. [..., H] to [...].</summary>
    public Tensor Output(Tensor features)
    {
        using var outputs = functional.linear(features, _output, _outputBias);
        return outputs.squeeze(-1);
    }

    /// <summary>One value for each state and item: [B, S] and [B, E] to [B].</summary>
    public Tensor OfOneItem(Tensor state, Tensor item) => Value(ProjectState(state), ProjectItem(item));

    /// <summary>One value for each of a user's items: [B, S] and [B, C, E] to [B, C].</summary>
    public Tensor OfItems(Tensor state, Tensor items) => Value(ProjectState(state).unsqueeze(1), ProjectItem(items));

    /// <summary>Values of projections that broadcast.</summary>
    public Tensor Value(Tensor projectedState, Tensor projectedItem)
    {
        using var features = Features(projectedState, projectedItem);
        return Output(features);
    }
}
