using System.ComponentModel.DataAnnotations;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Choices;

/// <summary>Options of the choice model <c>multinomial-logit</c>.</summary>
internal sealed record MultinomialLogitOptions
{
    /// <summary>Weight of no response at all, above 0, at most 1000000. At 1 an item shown alone gets exactly its appeal. Default 1.</summary>
    [Range(0.0, 1e6, MinimumIsExclusive = true)]
    public double NoChoiceWeight { get; init; } = 1;
}

/// <summary>Items compete: at most one response for each slate, P(response to i) = vᵢ / (w + Σⱼ vⱼ), where vᵢ = appealᵢ / (1 − appealᵢ) and w is the
/// weight of no choice. The multinomial logit of McFadden 1974, Conditional logit analysis of qualitative choice behavior, with the utility
/// log vᵢ, the log odds of the appeal, and log w for no choice.</summary>
/// <remarks>The odds rather than the appeal itself are the weights, so that w = 1 leaves an item that is shown alone its appeal. Appeals are
/// held to [0, 1 − 2⁻²⁴]. The draw is the Gumbel-max: the option of greatest log v − log(−log coin), here as the least −log(coin) / v, with
/// an item's own coin for the item and the user's for no choice. Coins c in [0, 1) are taken at c + 2⁻²⁵, inside (0, 1).</remarks>
internal sealed class MultinomialLogitChoice(MultinomialLogitOptions options) : IChoiceModel
{
    private const double Step = 1.0 / (1 << 24);

    public bool SlotsAreIndependent => false;

    public Tensor Expected(Tensor appeal)
    {
        using var scope = NewDisposeScope();
        var odds = Odds(appeal);
        return odds.div(odds.sum(1, keepdim: true).add_(options.NoChoiceWeight)).to_type(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    public Tensor Draw(Tensor appeal, Tensor coins, Tensor userCoins)
    {
        using var scope = NewDisposeScope();
        var times = Exponential(coins).div_(Odds(appeal));
        var none = Exponential(userCoins).div_(options.NoChoiceWeight);
        var (first, slot) = times.min(1, keepdim: true);
        return zeros_like(appeal).scatter_(1, slot, first.lt(none.unsqueeze(1)).to_type(ScalarType.Float32)).MoveToOuterDisposeScope();
    }

    private static Tensor Odds(Tensor appeal)
    {
        var bounded = appeal.to_type(ScalarType.Float64).clamp(0.0, 1 - Step);
        return bounded.div(bounded.neg().add_(1.0));
    }

    private static Tensor Exponential(Tensor coins) => coins.to_type(ScalarType.Float64).add(Step / 2).log_().neg_();
}
