using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>How <c>slateq</c> looks for the best slate where the items of a slate compete.</summary>
public enum SlateSearch
{
    /// <summary>The best slate of all, by the fractional program that the paper solves as a linear one.</summary>
    Exact,

    /// <summary>Item by item, each time the one that makes the slate worth most.</summary>
    Greedy,

    /// <summary>The items of the highest weight times value.</summary>
    TopK,
}

/// <summary>Slates of items that compete by a multinomial logit: with weights v, values Q, and the value Q₀ of choosing nothing, whose weight is 1,
/// a slate A is worth (Σ v·Q + Q₀) / (Σ v + 1), the sums over A.</summary>
internal static class SlateChoices
{
    /// <summary>Dinkelbach's steps converge superlinearly; from the second best start a handful ends at the best slate.</summary>
    private const int Steps = 8;

    /// <summary>What slates are worth.</summary>
    /// <param name="weights">[B, N], above 0.</param>
    /// <param name="values">[B, N].</param>
    /// <param name="none">[B], the value of choosing nothing.</param>
    /// <param name="slates">[B, K] int64.</param>
    /// <returns>[B].</returns>
    public static Tensor Worth(Tensor weights, Tensor values, Tensor none, Tensor slates)
    {
        using var scope = NewDisposeScope();
        var chosen = weights.gather(1, slates);
        return chosen.mul(values.gather(1, slates)).sum(1).add(none).div(chosen.sum(1).add(1)).MoveToOuterDisposeScope();
    }

    /// <summary>Scores of which the K highest make the slate.</summary>
    /// <param name="eligible">[B, N] bool, or none where every item may be shown.</param>
    /// <returns>[B, N].</returns>
    public static Tensor Scores(Tensor weights, Tensor values, Tensor none, int slateSize, Tensor? eligible, SlateSearch search)
    {
        using var scope = NewDisposeScope();
        var scores = search switch
        {
            SlateSearch.TopK => weights.mul(values),
            SlateSearch.Greedy => Greedy(weights, values, none, slateSize, eligible),
            _ => Exact(weights, values, none, slateSize, eligible),
        };
        return scores.MoveToOuterDisposeScope();
    }

    /// <summary>The slates of the highest scores. [B, K] int64.</summary>
    public static Tensor Best(Tensor scores, int slateSize, Tensor? eligible)
    {
        using var scope = NewDisposeScope();
        return Open(scores, eligible).topk(slateSize, 1).indexes.MoveToOuterDisposeScope();
    }

    /// <summary>Dinkelbach 1967 on the ratio: a slate is worth at least λ where Σ v·(Q − λ) + Q₀ − λ is at least 0, and that is largest for the K items of the highest v·(Q − λ).
    /// So λ ← the worth of those, until it stays. It ends at the optimum of the linear program of Ie et al. (its vertices are slates).</summary>
    private static Tensor Exact(Tensor weights, Tensor values, Tensor none, int slateSize, Tensor? eligible)
    {
        var scores = weights.mul(values);
        for (var step = 0; step < Steps; step++)
        {
            var worth = Worth(weights, values, none, Best(scores, slateSize, eligible));
            scores = weights.mul(values.sub(worth.unsqueeze(1)));
        }
        return scores;
    }

    private static Tensor Greedy(Tensor weights, Tensor values, Tensor none, int slateSize, Tensor? eligible)
    {
        var scores = zeros_like(weights);
        var (above, below) = (none.unsqueeze(1), ones_like(none).unsqueeze(1));
        for (var slot = 0; slot < slateSize; slot++)
        {
            var worth = weights.mul(values).add(above).div(weights.add(below)).masked_fill(scores.gt(0), float.NegativeInfinity);
            var best = Open(worth, eligible).argmax(1, keepdim: true);
            above = above.add(weights.mul(values).gather(1, best));
            below = below.add(weights.gather(1, best));
            scores = scores.scatter(1, best, full_like(below, slateSize - slot));
        }
        return scores;
    }

    private static Tensor Open(Tensor scores, Tensor? eligible) => eligible is null ? scores : scores.masked_fill(eligible.logical_not(), float.NegativeInfinity);
}
