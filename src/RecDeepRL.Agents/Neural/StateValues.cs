using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Two values of a state, from a perceptron of its own: of the slate that the policy shows in it, and of one of the slate's slots.</summary>
internal sealed class StateValues : IDisposable
{
    private const int Layers = 3;
    private readonly ExposedState _state;
    private readonly Perceptron _values;

    /// <param name="scale">Stays owned by the caller.</param>
    public StateValues(EnvironmentSpec spec, FeatureScale scale, StateOptions options)
    {
        Parameters = new ParameterBlock(
            [.. ExposedState.Shapes(spec, options), .. Perceptron.Shapes("values", ExposedState.Width(spec, options), options.HiddenSize, options.HiddenSize, 2)], spec.Device);
        _state = new ExposedState(spec, Parameters, scale, options);
        _values = new Perceptron(Parameters, "values", Layers);
    }

    public ParameterBlock Parameters { get; }

    /// <returns>[B] float32 each.</returns>
    public (Tensor Values, Tensor Baselines) Of(Observation observation)
    {
        using var scope = NewDisposeScope();
        var values = _values.Forward(_state.Of(observation, _state.Items()));
        return (values.select(1, 0).MoveToOuterDisposeScope(), values.select(1, 1).MoveToOuterDisposeScope());
    }

    public void Dispose()
    {
        Parameters.Dispose();
        _state.Dispose();
    }
}
