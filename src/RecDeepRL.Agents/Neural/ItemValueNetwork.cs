using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RecDeepRL.Agents.Neural;

/// <summary>The network of the agents that value items one by one: what a state and an item are worth together, and what a state is worth alone.</summary>
/// <remarks>A <see cref="PairNetwork"/> whose first layer sees more than state and item side by side: products of a learned part of either (so that an
/// affinity can meet the item that it is for, which a sum cannot express), and the <see cref="RecentExposure"/> of the pair. It has two outputs, for
/// learners that need two numbers for each pair.</remarks>
internal sealed class ItemValueNetwork : IDisposable
{
    private const int StateLayers = 2;
    private readonly ExposedState _exposed;
    private readonly PairNetwork _pairs;
    private readonly Perceptron? _state;
    private readonly Tensor _exposureWeight;
    private readonly Tensor _stateFactor;
    private readonly Tensor _itemFactor;

    /// <param name="scale">Stays owned by the caller.</param>
    /// <param name="valuesStates">Whether states have a value of their own.</param>
    public ItemValueNetwork(EnvironmentSpec spec, FeatureScale scale, StateOptions options, bool valuesStates)
    {
        var (hidden, embedding) = (options.HiddenSize, options.EmbeddingSize);
        var width = ExposedState.Width(spec, options);
        Parameters = new ParameterBlock(
            [
                .. ExposedState.Shapes(spec, options), .. PairNetwork.Shapes("pairs", width, embedding, hidden, outputs: 2),
                new("exposure.weight", 1 / Math.Sqrt(RecentExposure.PairWidth), hidden, RecentExposure.PairWidth),
                new("factors.state", 1 / Math.Sqrt(width), hidden, width), new("factors.item", 1 / Math.Sqrt(embedding), hidden, embedding),
                .. valuesStates ? Perceptron.Shapes("state", width, hidden, 1) : [],
            ],
            spec.Device);
        _exposed = new ExposedState(spec, Parameters, scale, options);
        _pairs = new PairNetwork(Parameters, "pairs");
        _state = valuesStates ? new Perceptron(Parameters, "state", StateLayers) : null;
        (_exposureWeight, _stateFactor, _itemFactor) = (Parameters["exposure.weight"], Parameters["factors.state"], Parameters["factors.item"]);
    }

    public ParameterBlock Parameters { get; }

    public void Initialise(RandomStream stream) => Parameters.Initialise(stream);

    /// <summary>Every item's point. [N, E].</summary>
    public Tensor Items() => _exposed.Items();

    /// <summary>Both outputs for pairs of user and item, and the value of each user's state alone, 0 where states have none.</summary>
    /// <param name="items">None for all items, [C] for some, [B, C] for each user's own; int64.</param>
    /// <returns>[B, C], [B, C] and [B] float32.</returns>
    public (Tensor First, Tensor Second, Tensor State) Of(Observation observation, Tensor? items)
    {
        using var scope = NewDisposeScope();
        var points = _exposed.Items();
        var states = _exposed.Of(observation, points);
        var outputs = _pairs.Outputs(_pairs.ProjectState(states).unsqueeze(1), FirstLayer(observation, points, states, items));
        var value = _state is null ? zeros([states.size(0)], ScalarType.Float32, states.device) : _state.Forward(states).squeeze(-1);
        return (outputs.select(-1, 0).MoveToOuterDisposeScope(), outputs.select(-1, 1).MoveToOuterDisposeScope(), value.MoveToOuterDisposeScope());
    }

    public void Dispose()
    {
        Parameters.Dispose();
        _exposed.Dispose();
    }

    /// <summary>What enters the first layer beside the state's own part. [B, C, H].</summary>
    private Tensor FirstLayer(Observation observation, Tensor points, Tensor states, Tensor? items)
    {
        // Layers are applied to the few items or states there are, and only then spread over the pairs.
        var parts = cat([_pairs.ProjectItem(points), functional.linear(points, _itemFactor)], 1);
        if (items is not null)
            parts = parts.index_select(0, items.reshape(-1)).reshape([.. items.shape, parts.size(1)]);
        var halves = parts.chunk(2, -1);
        var products = functional.linear(states, _stateFactor).unsqueeze(1).mul(halves[1]);
        return products.add(halves[0]).add(functional.linear(_exposed.Exposure.Pairs(observation, items), _exposureWeight));
    }
}
