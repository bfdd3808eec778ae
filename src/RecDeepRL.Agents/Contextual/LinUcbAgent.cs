using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Contextual;

/// <summary>Options of LinUCB.</summary>
public sealed record LinUcbOptions
{
    /// <summary>α, how many standard deviations the exploration bonus is worth. At least 0. Default 0.5.</summary>
    [Range(0.0, double.MaxValue)]
    public double Alpha { get; init; } = 0.5;

    /// <summary>λ, strength of the ridge penalty. At least 0.001. Default 1.</summary>
    [Range(1e-3, double.MaxValue)]
    public double Ridge { get; init; } = 1;

    /// <summary>Whether the input has a constant 1 beside the user features; without any features it always has. Default true.</summary>
    public bool Bias { get; init; } = true;
}

/// <summary>Upper confidence bound on a reward linear in the user features, one ridge regression per item (disjoint LinUCB).</summary>
/// <remarks>score = θᵢᵀx + α·√(xᵀAᵢ⁻¹x). Li et al. 2010, algorithm 1.
/// Deviates: updates arrive in batches and each Aᵢ is refactored once per batch; x has a bias term; the ridge penalty is an option (1 in the
/// paper) and holds for the bias too. Exploit mode ranks by θᵢᵀx and puts items never shown last.</remarks>
internal sealed class LinUcbAgent(AgentContext context, LinUcbOptions options) : IAgent
{
    private readonly RandomStream _ties = new(context.Seed, "linucb:ties");
    private readonly DisjointLinearPosterior _posterior = new(
        context.Spec.ItemCount, context.Spec.UserFeatureCount + (HasBias(context.Spec, options) ? 1 : 0), options.Ridge, context.Spec.Device);

    public Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(observation);
        var scores = _posterior.Means(inputs);
        scores = mode == RecommendationMode.Explore
            ? scores.add_(_posterior.Deviations(inputs).mul_(options.Alpha))
            : scores.masked_fill_(_posterior.Shown.eq(0), double.NegativeInfinity);
        return Ranking.Best(scores, observation, context.Spec.SlateSize, _ties).MoveToOuterDisposeScope();
    }

    public void Learn(Feedback feedback)
    {
        using var scope = NewDisposeScope();
        _posterior.Add(Inputs(feedback.Observation), feedback.Slates, feedback.Responses);
    }

    /// <summary><c>items_shown</c>, how many items were ever shown, and <c>weight_norm</c>, the mean length of their weight vectors.</summary>
    public IReadOnlyDictionary<string, double> Diagnose()
    {
        using var scope = NewDisposeScope();
        var shown = _posterior.Shown.gt(0).sum(ScalarType.Float64);
        var length = _posterior.Weights.square().sum(1).sqrt().sum() / shown.clamp_min(1.0);
        var figures = stack([shown, length]).cpu().data<double>();
        return new Dictionary<string, double> { ["items_shown"] = figures[0], ["weight_norm"] = figures[1] };
    }

    public void Save(IStateWriter writer) => _posterior.Save(writer);

    public void Load(IStateReader reader) => _posterior.Load(reader);

    public void Dispose() => _posterior.Dispose();

    private static bool HasBias(EnvironmentSpec spec, LinUcbOptions options) => options.Bias || spec.UserFeatureCount == 0;

    /// <returns>[B, D] float64: the user features after a 1.</returns>
    private Tensor Inputs(Observation observation)
    {
        var parts = new List<Tensor>();
        if (HasBias(context.Spec, options))
            parts.Add(ones([observation.UserCount, 1], ScalarType.Float64, context.Spec.Device));
        if (context.Spec.UserFeatureCount > 0)
            parts.Add(observation.UserFeatures!.to_type(ScalarType.Float64));
        return cat(parts, 1);
    }
}
