using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>kl(p, q) = p·ln(p/q) + (1 − p)·ln((1 − p)/(1 − q)): how far a coin of mean q is from one of mean p.</summary>
internal static class BernoulliDivergence
{
    private const double Tiny = 1e-15;

    /// <param name="p">float64; taken into [0, 1].</param>
    /// <param name="q">float64, broadcastable; taken into [10⁻¹⁵, 1 − 10⁻¹⁵].</param>
    /// <returns>At least 0.</returns>
    public static Tensor Of(Tensor p, Tensor q)
    {
        using var scope = NewDisposeScope();
        var (mean, other) = (p.clamp(0.0, 1.0), q.clamp(Tiny, 1 - Tiny));
        return (mean.neg().xlogy(other) + mean.xlogy(mean) + (1 - mean).xlogy(1 - mean) - (1 - mean).xlogy(1 - other)).clamp_min_(0.0).MoveToOuterDisposeScope();
    }

    /// <summary>The largest q with kl(p, q) ≤ r.</summary>
    /// <remarks>Newton's method on a convex rising function, from the right: from the lesser of two upper bounds, Pinsker's p + √(r/2) and
    /// 1 − exp(−(r + H(p))/(1 − p)), H the entropy, which is close where q is near 1. It falls towards the root and never passes it.</remarks>
    /// <param name="p">float64, in [0, 1].</param>
    /// <param name="r">float64, broadcastable, at least 0.</param>
    public static Tensor UpperInverse(Tensor p, Tensor r)
    {
        using var scope = NewDisposeScope();
        var mean = p.clamp(0.0, 1.0);
        var entropy = mean.xlogy(mean).add_((1 - mean).xlogy(1 - mean)).neg_();
        var rest = (1 - mean).clamp_min_(Tiny);
        var q = minimum(mean + (r / 2).sqrt_(), 1 - (r + entropy).div_(rest).neg_().exp_()).clamp_max_(1 - Tiny);
        for (var step = 0; step < 12; step++)
        {
            using var stepScope = NewDisposeScope();
            var slope = (q - mean).div_((q * (1 - q)).clamp_min_(Tiny)).clamp_min_(1e-9);
            q = maximum(mean, q - (Of(mean, q) - r).clamp_min_(0.0).div_(slope)).MoveToOuterDisposeScope();
        }
        return q.MoveToOuterDisposeScope();
    }
}
