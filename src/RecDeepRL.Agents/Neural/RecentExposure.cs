using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>How much of what a user was shown lately, and responded to, resembled an item: what tiring of a kind of items shows in.</summary>
/// <remarks>
/// With wₘ the weight of a place in the history, which fades with the age of its slate, and κ(i, j) how alike two items are:
/// exposure(u, i) = Σ wₘ · κ(i, jₘ) and response(u, i) = Σ wₘ · rₘ · κ(i, jₘ), at each of three rates of fading. A slate a rounds old weighs rateᵃ;
/// weights are scaled so that a history that is full sums to 1.
/// κ is the product of the standardised item features over the root of their number; without item features it is 1 for the same item and 0 for others.
/// Nothing of it is learned: a network that is given it need not find out first that items are alike.
/// </remarks>
internal sealed class RecentExposure : IDisposable
{
    private static readonly double[] s_rates = [0.5, 0.75, 1];
    private readonly EnvironmentSpec _spec;
    private readonly FeatureScale _scale;
    private readonly Tensor _fading;

    /// <param name="scale">Stays owned by the caller.</param>
    public RecentExposure(EnvironmentSpec spec, FeatureScale scale)
    {
        using var scope = NewDisposeScope();
        _spec = spec;
        _scale = scale;
        var ages = arange(spec.HistoryLength - 1, -1, -1, ScalarType.Int64).div(spec.SlateSize, RoundingMode.floor).to_type(ScalarType.Float64);
        var weights = stack([.. s_rates.Select(rate => full_like(ages, rate).pow(ages))]);
        _fading = weights.div_(weights.sum(1, keepdim: true)).to_type(ScalarType.Float32).to(spec.Device).DetachFromDisposeScope();
    }

    /// <summary>Width of what <see cref="Pairs"/> gives.</summary>
    public static int PairWidth => 2 * s_rates.Length;

    /// <summary>Width of what <see cref="States"/> gives.</summary>
    public static int StateWidth(EnvironmentSpec spec) => s_rates.Length * (spec.ItemFeatureCount + 2);

    /// <summary>What does not depend on an item: for each rate the fading sum of the recent items' features, how full the history is, and the responses in it.</summary>
    /// <returns>[B, StateWidth] float32.</returns>
    public Tensor States(Observation observation)
    {
        using var scope = NewDisposeScope();
        var weights = Weights(observation);
        var sums = weights.sum(2);
        if (_scale.Items is null)
            return sums.MoveToOuterDisposeScope();
        var shown = Mix(weights.narrow(1, 0, s_rates.Length), observation);
        return cat([shown.flatten(1), sums], 1).MoveToOuterDisposeScope();
    }

    /// <summary>Exposure and response of pairs of user and item, at each rate.</summary>
    /// <param name="items">None for all items, [C] for some, [B, C] for each user's own; int64.</param>
    /// <returns>[B, C, PairWidth] float32.</returns>
    public Tensor Pairs(Observation observation, Tensor? items)
    {
        using var scope = NewDisposeScope();
        var weights = Weights(observation);
        var similar = _scale.Items is { } features ? OfFeatures(weights, observation, features, items) : OfIds(weights, observation, items);
        return similar.MoveToOuterDisposeScope();
    }

    public void Dispose() => _fading.Dispose();

    private Tensor OfFeatures(Tensor weights, Observation observation, Tensor features, Tensor? items)
    {
        var mixed = Mix(weights, observation).transpose(1, 2).div(Math.Sqrt(features.size(1))); // [B, F, P]
        if (items is null)
            return features.matmul(mixed);
        var own = features.index_select(0, items.reshape(-1));
        return items.dim() == 1 ? own.matmul(mixed) : own.reshape(items.size(0), items.size(1), -1).bmm(mixed);
    }

    private Tensor OfIds(Tensor weights, Observation observation, Tensor? items)
    {
        if (items is { } chosen && chosen.dim() == 2)
            return chosen.unsqueeze(2).eq(observation.RecentItems.unsqueeze(1)).to_type(ScalarType.Float32).bmm(weights.transpose(1, 2));
        var places = observation.RecentItems.clamp_min(0).unsqueeze(1).expand(-1, weights.size(1), -1);
        var all = zeros([weights.size(0), weights.size(1), _spec.ItemCount], ScalarType.Float32, weights.device).scatter_add_(2, places, weights);
        return (items is null ? all : all.index_select(2, items)).transpose(1, 2);
    }

    /// <summary>Fading sums of the recent items' features. [B, P, M] to [B, P, F].</summary>
    private Tensor Mix(Tensor weights, Observation observation)
    {
        var recent = _scale.Items!.index_select(0, observation.RecentItems.clamp_min(0).reshape(-1));
        return weights.bmm(recent.reshape(weights.size(0), weights.size(2), -1));
    }

    /// <summary>The weight of each place of each user's history, as shown and then as responded to; 0 where nothing was shown. [B, PairWidth, M].</summary>
    private Tensor Weights(Observation observation)
    {
        var shown = observation.RecentItems.ge(0).to_type(ScalarType.Float32).unsqueeze(1).mul(_fading);
        return cat([shown, shown.mul(observation.RecentResponses.unsqueeze(1))], 1);
    }
}
