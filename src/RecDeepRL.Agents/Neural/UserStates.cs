using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>The states of a <see cref="StateEncoder"/>, with or without the part of the recent items, which is their last. Where nothing at all is known of a
/// user, the state is the number 1.</summary>
internal sealed class UserStates(EnvironmentSpec spec, IStateOptions options, ParameterBlock block, FeatureScale scale)
{
    private readonly StateEncoder _encoder = new(block, scale, options.UserIds);
    private readonly int _width = Known(spec, options);

    public static IEnumerable<ParameterShape> Shapes(EnvironmentSpec spec, IStateOptions options) => StateEncoder.Shapes(spec, options.EmbeddingSize, options.UserIds);

    /// <summary>S, the width of a state; at least 1.</summary>
    public static int Width(EnvironmentSpec spec, IStateOptions options) => Math.Max(1, Known(spec, options));

    /// <summary>Every item's point. [N, E].</summary>
    public Tensor Items() => _encoder.Items();

    /// <param name="items">[N, E], from <see cref="Items"/>.</param>
    /// <returns>[B, S] float32.</returns>
    public Tensor Of(Observation observation, Tensor items)
    {
        if (_width == 0)
            return ones([observation.UserCount, 1], ScalarType.Float32, spec.Device);
        using var states = _encoder.States(observation, items);
        return states.narrow(1, 0, _width);
    }

    private static int Known(EnvironmentSpec spec, IStateOptions options) =>
        options.History ? StateEncoder.Width(spec, options.EmbeddingSize, options.UserIds) : spec.UserFeatureCount + (options.UserIds ? options.EmbeddingSize : 0);
}
