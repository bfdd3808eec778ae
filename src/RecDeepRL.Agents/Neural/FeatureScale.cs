using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Brings features to mean 0 and deviation 1 over the population; a feature that is the same everywhere becomes 0.</summary>
internal sealed class FeatureScale : IDisposable
{
    private readonly Tensor? _mean;
    private readonly Tensor? _scale;

    public FeatureScale(Population population, Device device)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        if (population.UserFeatures is { } users)
        {
            var (mean, scale) = Measure(users.to(device));
            _mean = mean.DetachFromDisposeScope();
            _scale = scale.DetachFromDisposeScope();
        }
        if (population.ItemFeatures is { } items)
        {
            var moved = items.to(device);
            var (mean, scale) = Measure(moved);
            Items = moved.sub(mean).mul_(scale).DetachFromDisposeScope();
        }
    }

    /// <summary>[N, F] float32, the standardised item features, or none. Borrowed.</summary>
    public Tensor? Items { get; }

    /// <summary>[B, D] standardised. Features that the population does not list stay as they are.</summary>
    public Tensor Users(Tensor features) => _mean is null ? features.alias() : features.sub(_mean).mul_(_scale!);

    public void Dispose()
    {
        _mean?.Dispose();
        _scale?.Dispose();
        Items?.Dispose();
    }

    private static (Tensor Mean, Tensor Scale) Measure(Tensor features)
    {
        var mean = features.mean([0]);
        var deviation = features.sub(mean).square().mean([0]).sqrt_();
        return (mean, where(deviation.gt(1e-6), deviation.reciprocal(), zeros_like(deviation)));
    }
}
