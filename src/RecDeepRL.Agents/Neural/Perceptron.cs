using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RecDeepRL.Agents.Neural;

/// <summary>A multilayer perceptron with rectified hidden layers, its weights in a <see cref="ParameterBlock"/>.</summary>
internal sealed class Perceptron(ParameterBlock block, string name, int layerCount)
{
    private readonly (Tensor Weight, Tensor Bias)[] _layers =
        [.. Enumerable.Range(0, layerCount).Select(layer => (block[$"{name}.{layer}.weight"], block[$"{name}.{layer}.bias"]))];

    /// <param name="widths">Input, hidden layers, output.</param>
    public static IEnumerable<ParameterShape> Shapes(string name, params int[] widths) =>
        Enumerable.Range(0, widths.Length - 1).SelectMany(layer => Layer($"{name}.{layer}", widths[layer], widths[layer + 1]));

    /// <summary>A linear layer that starts uniform within ±1/√inputs, as PyTorch's do.</summary>
    public static IEnumerable<ParameterShape> Layer(string name, int inputs, int outputs)
    {
        var bound = 1 / Math.Sqrt(inputs);
        return [new(name + ".weight", bound, outputs, inputs), new(name + ".bias", bound, outputs)];
    }

    /// <param name="input">[..., inputs].</param>
    /// <returns>[..., outputs], the last layer linear.</returns>
    public Tensor Forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            if (layer > 0)
                input = functional.relu(input);
            input = functional.linear(input, _layers[layer].Weight, _layers[layer].Bias);
        }
        return input.MoveToOuterDisposeScope();
    }
}
