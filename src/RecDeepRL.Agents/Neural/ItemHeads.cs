using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>M networks of one shape, side by side: rectified hidden layers on a user's state, and behind them a linear output for each item.</summary>
/// <remarks>All members go through each layer in one batched product.</remarks>
internal sealed class ItemHeads(ParameterBlock block, string name, int layerCount)
{
    /// <summary>Weights [M, H, inputs] and biases [M, 1, H] of each hidden layer, from the state on. Borrowed.</summary>
    public (Tensor Weight, Tensor Bias)[] Layers { get; } =
        [.. Enumerable.Range(0, layerCount).Select(layer => (block[$"{name}.{layer}.weight"], block[$"{name}.{layer}.bias"]))];

    /// <summary>[M, N, H], each item's output weights. Borrowed.</summary>
    public Tensor Weights { get; } = block[name + ".heads.weight"];

    /// <summary>[M, 1, N], each item's output bias. Borrowed.</summary>
    public Tensor Biases { get; } = block[name + ".heads.bias"];

    /// <param name="stateWidth">S.</param>
    /// <param name="members">M.</param>
    public static IEnumerable<ParameterShape> Shapes(string name, EnvironmentSpec spec, HeadNetworkOptions options, int stateWidth, int members = 1)
    {
        var (inputs, hidden) = (stateWidth, options.HiddenSize);
        for (var layer = 0; layer < options.HiddenLayers; layer++)
        {
            var bound = 1 / Math.Sqrt(inputs);
            yield return new($"{name}.{layer}.weight", bound, members, hidden, inputs);
            yield return new($"{name}.{layer}.bias", bound, members, 1, hidden);
            inputs = hidden;
        }
        yield return new(name + ".heads.weight", 1 / Math.Sqrt(hidden), members, spec.ItemCount, hidden);
        yield return new(name + ".heads.bias", 1 / Math.Sqrt(hidden), members, 1, spec.ItemCount);
    }

    /// <summary>Every hidden layer after its rectification, the last one last.</summary>
    /// <param name="states">[R, S].</param>
    /// <returns>[M, R, H] each.</returns>
    public Tensor[] Activations(Tensor states)
    {
        var activations = new Tensor[Layers.Length];
        var input = states.unsqueeze(0).expand(Weights.size(0), -1, -1);
        for (var layer = 0; layer < Layers.Length; layer++)
            input = activations[layer] = Linear(input, Layers[layer].Weight, Layers[layer].Bias).relu_();
        return activations;
    }

    /// <summary>The last hidden layer. [R, S] to [M, R, H].</summary>
    public Tensor Features(Tensor states)
    {
        using var scope = NewDisposeScope();
        return Activations(states)[^1].MoveToOuterDisposeScope();
    }

    /// <summary>The outputs of all items. [M, R, H] to [M, R, N].</summary>
    public Tensor Outputs(Tensor features) => Linear(features, Weights, Biases);

    /// <summary>The outputs of each row's own items. [M, R, H] and [R, K] to [M, R, K].</summary>
    public Tensor Outputs(Tensor features, Tensor items)
    {
        using var scope = NewDisposeScope();
        var (members, rows, hidden) = (features.size(0), features.size(1), features.size(2));
        var flat = items.reshape(-1);
        var weights = Weights.index_select(1, flat).reshape(members, rows, -1, hidden);
        var biases = Biases.index_select(2, flat).reshape(members, rows, -1);
        return weights.mul(features.unsqueeze(2)).sum(-1).add(biases).MoveToOuterDisposeScope();
    }

    private static Tensor Linear(Tensor input, Tensor weight, Tensor bias) => input.bmm(weight.transpose(1, 2)).add_(bias);
}
