using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Choices;

/// <summary>Every shown item is consumed, for a length of time that scatters: the response is the engagement, as a share of the longest there is.</summary>
/// <remarks>The appeal a is the mean of the logarithm of the engagement: response = min(exp(a + σ·z), M)/M, with z standard normal from the item's coin
/// and M = 100. As RecSim's long-term satisfaction draws it (github.com/google-research/recsim, environments/long_term_satisfaction.py), whose observations
/// are cut at M = 100 too. Deviates: the reward is cut as well, and counted in units of M, so that responses lie in [0, 1];
/// σ is the same for all items; RecSim's user consumes the first item of a slate alone, this one every item.
/// The mean is E[min(X, M)] of a log-normal X: exp(a + σ²/2)·Φ((ln M − a − σ²)/σ) + M·Φ((a − ln M)/σ).</remarks>
/// <param name="deviation">σ, above 0.</param>
internal sealed class EngagementChoice(double deviation) : IChoiceModel
{
    /// <summary>M, the longest engagement.</summary>
    public const double Longest = 100;

    public bool SlotsAreIndependent => true;

    public Tensor Expected(Tensor appeal)
    {
        using var scope = NewDisposeScope();
        var location = appeal.to_type(ScalarType.Float64);
        var margin = location.sub(Math.Log(Longest)).div_(deviation); // (a − ln M)/σ
        var below = location.add(deviation * deviation / 2).exp_().mul_(special.ndtr(margin.neg().sub_(deviation)));
        return below.div_(Longest).add_(special.ndtr(margin)).to_type(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    public Tensor Draw(Tensor appeal, Tensor coins, Tensor userCoins)
    {
        using var scope = NewDisposeScope();
        return NormalCoins.Of(coins).mul_(deviation).add_(appeal).exp_().clamp_max_(Longest).div_(Longest).to_type(ScalarType.Float32).MoveToOuterDisposeScope();
    }
}
