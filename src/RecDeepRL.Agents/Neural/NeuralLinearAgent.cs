using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Options of <c>neural-linear</c>.</summary>
public sealed record NeuralLinearOptions : HeadNetworkOptions
{
    /// <summary>Factor on the standard deviations of the draws; 1 draws from the posterior. Default 0.5.</summary>
    [Range(0.0, double.MaxValue)]
    public double Spread { get; init; } = 0.5;

    /// <summary>Precision λ of the weights' prior, in units of the noise's, at least 0.001. Default 30.</summary>
    [Range(0.001, double.MaxValue)]
    public double Ridge { get; init; } = 30;

    /// <summary>Shape a of the noise variance's prior, an inverse gamma distribution; half the number of responses that it is worth. Above 0. Default 6.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double NoiseShape { get; init; } = 6;

    /// <summary>Scale b of the same prior; b / (a - 1) is the variance expected. Above 0. Default 1.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double NoiseScale { get; init; } = 1;
}

/// <summary>Bayesian linear regression of each item's response on the last hidden layer of a network, with Thompson sampling (Riquelme, Tucker, Snoek 2018).</summary>
/// <remarks>What this deviates in from the paper stands in docs/agents/neural-linear.md.</remarks>
internal sealed class NeuralLinearAgent : HeadBandit
{
    private readonly NeuralLinearOptions _options;
    private readonly RandomStream _weights;
    private readonly RandomStream _noise;

    public NeuralLinearAgent(AgentContext context, NeuralLinearOptions options)
        : base(context, "neural-linear", options)
    {
        _options = options;
        _weights = new RandomStream(context.Seed, "neural-linear:weights");
        _noise = new RandomStream(context.Seed, "neural-linear:noise");
        Posterior = new NormalInverseGamma(Spec.ItemCount, options.HiddenSize, options.Ridge, options.NoiseShape, options.NoiseScale, Spec.Device);
    }

    internal NormalInverseGamma Posterior { get; }

    // Deviations need the products of every user's features with one another.
    protected override int PairWidth => 4 + ((_options.HiddenSize + 1) * (_options.HiddenSize + 1) / Spec.ItemCount);

    public override void SavePolicy(IStateWriter writer)
    {
        base.SavePolicy(writer);
        Posterior.Save(writer.Under("posterior"));
    }

    public override void LoadPolicy(IStateReader reader)
    {
        base.LoadPolicy(reader);
        Posterior.Load(reader.Under("posterior"));
    }

    public override void Dispose()
    {
        base.Dispose();
        Posterior.Dispose();
    }

    protected override Tensor Scores(Observation observation, RecommendationMode mode)
    {
        var features = Features(observation);
        var means = Posterior.Means(features);
        if (mode == RecommendationMode.Exploit || _options.Spread == 0)
            return means;
        // Each user has weights of their own for each item; of these only the inner product with the features matters, one normal number.
        var luck = _weights.Normal(observation.DrawKey, Ranking.Lanes(observation.UserIds, Spec.ItemCount));
        return means.addcmul_(Posterior.Deviations(features, Posterior.Noise(_noise, observation.DrawKey)), luck, _options.Spread);
    }

    /// <summary>The last hidden layer. [B, H].</summary>
    internal Tensor Features(Observation observation)
    {
        using var scope = NewDisposeScope();
        return Heads.Features(StatesOf(observation)).squeeze(0).MoveToOuterDisposeScope();
    }

    internal override Tensor Outputs(ReplayBatch batch) => Heads.Outputs(Heads.Features(StatesOf(batch.Observation)), batch.Items).squeeze(0);

    protected override void Learned(bool trained)
    {
        if (trained)
            Posterior.Reset();
        TakeIn(trained ? RoundsInUse : 1, Posterior.Sums, batch => Posterior.Add(Features(batch.Observation), batch.Items, batch.Responses));
        Posterior.Solve();
        Guard.Finite(Posterior.Weights, "neural-linear: linear weights");
    }
}
