using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Options of the bandits that judge a network's doubt by its gradients.</summary>
public abstract record GradientBanditOptions : HeadNetworkOptions
{
    /// <summary>What Z starts from, λ, at least 0.001. Default 1.</summary>
    [Range(0.001, double.MaxValue)]
    public double Ridge { get; init; } = 1;

    /// <summary>Whether Z is computed anew from the buffer after each training; the papers keep sums over gradients of networks that are gone. Default true.</summary>
    public bool Refit { get; init; } = true;
}

/// <summary>What NeuralUCB and NeuralTS share: a network drawn by its penalty to where it started, and Z over its gradients.</summary>
internal abstract class GradientBandit : HeadBandit
{
    private readonly GradientBanditOptions _options;

    protected GradientBandit(AgentContext context, string name, GradientBanditOptions options)
        : base(context, name, options, anchored: true)
    {
        _options = options;
        Variance = new GradientVariance(Heads, options.Ridge, options.UserIds ? Spec.UserCount : null, Spec.UserFeatureCount, options.EmbeddingSize, Spec.Device);
    }

    internal GradientVariance Variance { get; }

    // Two layers, and user embeddings, need the slopes of every pair at the first layer.
    protected override int PairWidth => _options.HiddenLayers == 1 && !_options.UserIds ? 4 : base.PairWidth;

    public override void SavePolicy(IStateWriter writer)
    {
        base.SavePolicy(writer);
        Variance.Save(writer.Under("variance"));
    }

    public override void LoadPolicy(IStateReader reader)
    {
        base.LoadPolicy(reader);
        Variance.Load(reader.Under("variance"));
    }

    public override void Dispose()
    {
        base.Dispose();
        Variance.Dispose();
    }

    protected override Tensor Scores(Observation observation, RecommendationMode mode)
    {
        var states = StatesOf(observation);
        var outputs = Heads.Outputs(Heads.Features(states)).squeeze(0);
        return mode == RecommendationMode.Exploit ? outputs : Explore(outputs, Variance.Of(states, observation.UserIds).sqrt_(), observation);
    }

    protected override Tensor Responses(Observation observation) => Expected(Scores(observation, RecommendationMode.Exploit));

    /// <summary>Scores of outputs and their deviations, both [B, N].</summary>
    protected abstract Tensor Explore(Tensor outputs, Tensor deviations, Observation observation);

    internal override Tensor Outputs(ReplayBatch batch) => Heads.Outputs(Heads.Features(StatesOf(batch.Observation)), batch.Items).squeeze(0);

    protected override void Learned(bool trained)
    {
        var refits = trained && _options.Refit;
        if (refits)
            Variance.Reset();
        TakeIn(refits ? RoundsInUse : 1, Variance.Sums, batch => Variance.Add(StatesOf(batch.Observation), batch.Observation.UserIds, batch.Items, Curvature));
    }

    /// <summary>The second derivative of the loss: p(1 − p) of cross-entropy, 1 of half the squared error.</summary>
    private Tensor Curvature(Tensor outputs)
    {
        if (_options.Loss == ResponseLoss.Squared)
            return ones_like(outputs);
        var expected = Expected(outputs);
        return expected.mul(expected.neg().add_(1));
    }
}
