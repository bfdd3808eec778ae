using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Statistics that forget an item's past when a generalised likelihood ratio says that its mean has changed.</summary>
/// <remarks>For every split of an item's remembered rounds in two, n₁·kl(μ₁, μ) + n₂·kl(μ₂, μ) compares 'two means' with 'one mean'; where the
/// largest exceeds ln(3·n^{3/2}/δ), the rounds before that split are forgotten. Besson, Kaufmann, Maillard and Seznec 2022, GLR-klUCB with
/// local restarts. Deviates: splits lie between rounds; what came after the split is kept, the paper forgets it too; the threshold is the
/// leading term of the paper's; at most W rounds are remembered. Responses have to lie in [0, 1].</remarks>
/// <param name="window">W, rounds remembered at most.</param>
/// <param name="falseAlarm">δ, in (0, 1): how likely an item that never changes may be taken for one that does.</param>
internal sealed class LikelihoodRatioStatistics(EnvironmentSpec spec, int window, double falseAlarm) : WindowedStatistics(spec, window)
{
    protected override void Forget(Tensor rounds, long newest)
    {
        // Oldest first.
        var window = rounds.size(0);
        var ordered = rounds.roll(window - 1 - newest, 0);
        var before = ordered.narrow(1, 0, 2).cumsum(0);
        var (all, first) = (before.select(0, window - 1), before);
        var ratio = Gain(first, all).add_(Gain(all - first, all));
        var (highest, split) = ratio.max(0);
        var shown = all.select(0, 0);
        var changed = highest.gt(shown.clamp_min(1.0).log_().mul_(1.5).add_(Math.Log(3 / falseAlarm)));

        var place = arange(window, ScalarType.Int64, rounds.device).unsqueeze(1);
        var old = place.le(split).logical_and_(changed).roll(newest + 1 - window, 0);
        rounds.masked_fill_(old.unsqueeze(1), 0.0);
    }

    /// <summary>n·kl(s/n, μ) of a part, with μ the mean of all; 0 where the part is empty.</summary>
    /// <param name="part">[W, 2, N]: n and s.</param>
    /// <param name="all">[2, N].</param>
    private static Tensor Gain(Tensor part, Tensor all)
    {
        var (n, s) = (part.select(1, 0), part.select(1, 1));
        var mean = all.select(0, 1) / all.select(0, 0).clamp_min(1e-12);
        return n * BernoulliDivergence.Of(s / n.clamp_min(1e-12), mean);
    }
}
