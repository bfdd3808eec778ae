using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Contextual;

/// <summary>Options of hybrid LinUCB.</summary>
public sealed record HybridLinUcbOptions : ContextInputOptions
{
    /// <summary>α, how many standard deviations the exploration bonus is worth. At least 0. Default 0.2.</summary>
    [Range(0.0, double.MaxValue)]
    public double Alpha { get; init; } = 0.2;

    /// <summary>λ, strength of the ridge penalty on each item's own weights. At least 0.001. Default 1.</summary>
    [Range(1e-3, double.MaxValue)]
    public double Ridge { get; init; } = 1;

    /// <summary>Strength of the ridge penalty on the weights that all items share. At least 0.001. Default 1.</summary>
    [Range(1e-3, double.MaxValue)]
    public double SharedRidge { get; init; } = 1;
}

/// <summary>Upper confidence bound on a reward with a part that all items share, linear in the products of user and item features, and a part of each item's own.</summary>
/// <remarks>score = βᵀz + θᵢᵀx + α·√s, z = (1, item features) ⊗ x. Li et al. 2010, algorithm 2; s and the sums stand with <see cref="HybridLinearPosterior"/>.
/// Deviates: batches; a bias term in x and in the item's vector; ridge penalties are options (1 in the paper). Exploit mode leaves α out and puts items never
/// shown last.</remarks>
internal sealed class HybridLinUcbAgent : UpperBoundAgent<HybridLinearPosterior>, ILearnsFromSums
{
    public HybridLinUcbAgent(AgentContext context, HybridLinUcbOptions options)
        : this(context, options, new ContextInputs(context.Spec, options))
    {
    }

    private HybridLinUcbAgent(AgentContext context, HybridLinUcbOptions options, ContextInputs inputs)
        : base(context, "hybrid-linucb", inputs, new HybridLinearPosterior(Items(context), inputs.Width, options.Ridge, options.SharedRidge), options.Alpha)
    {
    }

    public void SumUp(Feedback feedback, IStateWriter sums)
    {
        using var x = Inputs.Of(feedback.Observation);
        Posterior.SumUp(x, feedback.Slates, feedback.Responses, sums);
    }

    public void LearnSums(IStateReader sums) => Posterior.Add(sums);

    /// <returns>[N, 1 + F] float64: the item features after a 1. The caller disposes.</returns>
    private static Tensor Items(AgentContext context)
    {
        using var scope = NewDisposeScope();
        var vectors = ones([context.Spec.ItemCount, 1], ScalarType.Float64, context.Spec.Device);
        if (context.Population.ItemFeatures is { } features)
            vectors = cat([vectors, features.to(ScalarType.Float64, context.Spec.Device)], 1);
        return vectors.MoveToOuterDisposeScope();
    }
}
