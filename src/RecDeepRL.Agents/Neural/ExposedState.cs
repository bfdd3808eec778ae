using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>A user's state as the agents of this folder see it that look at exposure: what the <see cref="StateEncoder"/> makes of it, and how the recent items' features fade.</summary>
internal sealed class ExposedState : IDisposable
{
    private readonly StateEncoder _encoder;

    /// <param name="block">Holds <see cref="Shapes"/>.</param>
    /// <param name="scale">Stays owned by the caller.</param>
    public ExposedState(EnvironmentSpec spec, ParameterBlock block, FeatureScale scale, StateOptions options)
    {
        _encoder = new StateEncoder(spec, block, scale, options);
        Exposure = new RecentExposure(spec, scale);
    }

    public RecentExposure Exposure { get; }

    public static IEnumerable<ParameterShape> Shapes(EnvironmentSpec spec, StateOptions options) => StateEncoder.Shapes(spec, options);

    /// <summary>S, the width of a state.</summary>
    public static int Width(EnvironmentSpec spec, StateOptions options) => StateEncoder.Width(spec, options) + RecentExposure.StateWidth(spec);

    /// <summary>Every item's point. [N, E] float32 in [−1, 1].</summary>
    public Tensor Items() => _encoder.Items();

    /// <param name="items">[N, E], from <see cref="Items"/>.</param>
    /// <returns>[B, S] float32.</returns>
    public Tensor Of(Observation observation, Tensor items)
    {
        using var scope = NewDisposeScope();
        return cat([_encoder.States(observation, items), Exposure.States(observation)], 1).MoveToOuterDisposeScope();
    }

    public void Dispose() => Exposure.Dispose();
}
