using RecDeepRL.Core;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RecDeepRL.Agents.Neural;

/// <summary>A softmax over items, π(i | s) ∝ exp((u(s)·vᵢ + bᵢ + c·exposure(s, i)) / T): u from a perceptron on the state, v and b an item's own (as Chen et al. 2019, section 4.1).</summary>
/// <remarks>A product of two vectors is all that a pair costs, so that the whole softmax is taken over all items. Adds to the paper: the items' biases
/// and the <see cref="RecentExposure"/> of the pair, each weighed by a learned number.</remarks>
internal sealed class ItemPolicy : IDisposable
{
    private const int StateLayers = 3;
    private readonly double _temperature;
    private readonly ExposedState _state;
    private readonly Perceptron _user;
    private readonly Tensor _bias;
    private readonly Tensor _exposureWeight;

    /// <param name="scale">Stays owned by the caller.</param>
    public ItemPolicy(EnvironmentSpec spec, FeatureScale scale, StateOptions options, double temperature)
    {
        _temperature = temperature;
        Parameters = new ParameterBlock(
            [
                .. ExposedState.Shapes(spec, options), .. Perceptron.Shapes("user", ExposedState.Width(spec, options), options.HiddenSize, options.HiddenSize, options.EmbeddingSize),
                new("items.bias", 0, spec.ItemCount), new("exposure.weight", 0.1, 1, RecentExposure.PairWidth),
            ],
            spec.Device);
        _state = new ExposedState(spec, Parameters, scale, options);
        _user = new Perceptron(Parameters, "user", StateLayers);
        (_bias, _exposureWeight) = (Parameters["items.bias"], Parameters["exposure.weight"]);
    }

    public ParameterBlock Parameters { get; }

    /// <summary>Every item's point. [N, E].</summary>
    public Tensor Items() => _state.Items();

    /// <summary>ln π over all items.</summary>
    /// <returns>[B, N] float32.</returns>
    public Tensor LogProbabilities(Observation observation)
    {
        using var scope = NewDisposeScope();
        var items = _state.Items();
        var users = _user.Forward(_state.Of(observation, items));
        var exposure = functional.linear(_state.Exposure.Pairs(observation, null), _exposureWeight).squeeze(-1);
        var logits = functional.linear(users, items, _bias).add(exposure).div(_temperature);
        return functional.log_softmax(logits, 1).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        Parameters.Dispose();
        _state.Dispose();
    }
}
