using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>max{q : nᵢ·kl(μᵢ, q) ≤ a·ln n + c·ln ln n}: Garivier and Cappé 2011, KL-UCB.</summary>
internal static class KlIndex
{
    /// <param name="exploration">a, at least 0.</param>
    /// <param name="doubleLogarithm">c, at least 0; ln ln n counts as 0 up to n = e.</param>
    public static Tensor Of(ItemFigures figures, double exploration, double doubleLogarithm = 0)
    {
        var logarithm = figures.Total.log();
        var allowed = (logarithm * exploration) + (logarithm.clamp_min(1.0).log_() * doubleLogarithm);
        return BernoulliDivergence.UpperInverse(figures.Mean, allowed / figures.Shown);
    }
}
