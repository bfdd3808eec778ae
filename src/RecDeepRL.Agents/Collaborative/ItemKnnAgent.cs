using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Collaborative;

/// <summary>Options of <c>item-knn</c>.</summary>
public sealed record ItemKnnOptions : ItemModelOptions
{
    /// <summary>How many of the most similar items count for an item. Default 200.</summary>
    [Range(1, int.MaxValue)]
    public int Neighbours { get; init; } = 200;

    /// <summary>How many users without any similarity are mixed into each similarity, so that one resting on few users counts for little. At least 0. Default 50.</summary>
    [Range(0.0, double.MaxValue)]
    public double SimilarityShrinkage { get; init; } = 50;

    /// <summary>Where rows are residuals, what is added to the sum of similarities that a user's residuals are divided by, above 0. Default 1.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double WeightShrinkage { get; init; } = 1;
}

/// <summary>The items that are most similar to what the user responded to, similarity being the cosine between the items' columns
/// (Sarwar, Karypis, Konstan and Riedl 2001; Deshpande and Karypis 2004).</summary>
/// <remarks>With residuals the cosine is taken over the users who were shown both items, shrunk by their number (Bell and Koren 2007), and
/// p̂ᵢ = mᵢ + Σⱼ w_ji·xⱼ/(ε + Σⱼ |w_ji|) over the neighbours shown to the user; with answers, Σⱼ w_ji·xⱼ. What this deviates in from the papers stands in docs/agents/item-knn.md.</remarks>
internal sealed class ItemKnnAgent(AgentContext context, ItemKnnOptions options) : ItemModelAgent(context, "item-knn", options)
{
    private readonly ItemKnnOptions _options = options;

    protected override void Fit(Tensor rows)
    {
        using var scope = NewDisposeScope();
        var dots = rows.t().matmul(rows).to_type(ScalarType.Float64);
        Tensor lengths, common;
        if (_options.Rows == RowForm.Residuals)
        {
            var shown = Pairs.Shown.gt(0).to_type(ScalarType.Float32);
            common = shown.t().matmul(shown).to_type(ScalarType.Float64);
            // Squares of the one item's column over the users who were shown the other, times the same the other way round.
            var squares = rows.square().t().matmul(shown).to_type(ScalarType.Float64);
            lengths = (squares * squares.t()).sqrt_();
        }
        else
        {
            common = dots;
            lengths = dots.diagonal().outer(dots.diagonal()).sqrt_();
        }
        var similarity = (dots / lengths.clamp_min(1e-12)).mul_(common / (common + _options.SimilarityShrinkage).clamp_min_(1e-12));
        similarity.diagonal().zero_();
        var neighbours = Math.Min(_options.Neighbours, Context.Spec.ItemCount);
        var nearest = similarity.abs().topk(neighbours, dim: 0).indexes;
        Weights.zero_().scatter_(0, nearest, similarity.gather(0, nearest));
    }

    protected override Tensor Predict(Tensor rows, Tensor shown)
    {
        using var scope = NewDisposeScope();
        var sums = rows.matmul(Weights);
        if (_options.Rows == RowForm.Residuals)
            sums.div_(shown.gt(0).to_type(ScalarType.Float64).matmul(Weights.abs()).add_(_options.WeightShrinkage));
        return sums.MoveToOuterDisposeScope();
    }
}
