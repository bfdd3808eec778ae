using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Contextual;

/// <summary>What agents have in common that keep a Gaussian over each item's weights: they differ in the posterior and in how they explore.</summary>
/// <remarks>Exploit mode ranks by the posterior mean and puts items never shown last.</remarks>
/// <param name="name">The agent's registered name, for its random streams.</param>
/// <param name="inputs">What the posterior's inputs are.</param>
/// <param name="posterior">Ownership passes to the agent.</param>
internal abstract class PosteriorAgent<TPosterior>(AgentContext context, string name, ContextInputs inputs, TPosterior posterior) : IAgent, IEstimatesItems, IHasItemWeights
    where TPosterior : ItemPosterior
{
    private readonly RandomStream _ties = new(context.Seed, name + ":ties");

    /// <summary>The items' weights, for whoever wants to show them.</summary>
    internal TPosterior Posterior => posterior;

    protected ContextInputs Inputs => inputs;

    public Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        var x = inputs.Of(observation);
        var scores = posterior.Means(x);
        scores = mode == RecommendationMode.Explore
            ? Explore(scores, posterior.Deviations(x), observation)
            : scores.masked_fill_(posterior.Shown.eq(0), double.NegativeInfinity);
        return Ranking.Best(scores, observation, context.Spec.SlateSize, _ties).MoveToOuterDisposeScope();
    }

    public void Learn(Feedback feedback)
    {
        using var scope = NewDisposeScope();
        posterior.Add(inputs.Of(feedback.Observation), feedback.Slates, feedback.Responses);
    }

    public EstimateKind EstimateKind => EstimateKind.Response;

    public Tensor EstimateItems(Observation observation)
    {
        using var scope = NewDisposeScope();
        return posterior.Responses(inputs.Of(observation)).to_type(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    public ItemWeights ItemWeights() => new(posterior.Weights.to_type(ScalarType.Float32), inputs.Names(context.Population), posterior.Scale);

    public IReadOnlyDictionary<string, double> Diagnose() => posterior.Diagnose();

    public void Save(IStateWriter writer) => posterior.Save(writer);

    public void Load(IStateReader reader) => posterior.Load(reader);

    public void Dispose()
    {
        posterior.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The scores that exploration ranks by.</summary>
    /// <param name="means">[B, N] float64, θᵢᵀx; may be changed.</param>
    /// <param name="deviations">[B, N] float64, √(xᵀΣᵢx); may be changed.</param>
    protected abstract Tensor Explore(Tensor means, Tensor deviations, Observation observation);
}

/// <summary>Ranks by the mean plus α standard deviations.</summary>
internal abstract class UpperBoundAgent<TPosterior>(AgentContext context, string name, ContextInputs inputs, TPosterior posterior, double alpha)
    : PosteriorAgent<TPosterior>(context, name, inputs, posterior)
    where TPosterior : ItemPosterior
{
    protected override Tensor Explore(Tensor means, Tensor deviations, Observation observation) => means.add_(deviations, alpha);
}

/// <summary>Ranks by a draw from the posterior, wider or narrower by a factor.</summary>
/// <remarks>A weight vector drawn for one user and one item is asked about one input x only, and there θ̃ᵢᵀx ~ N(θᵢᵀx, v²·xᵀΣᵢx): so a normal draw for each pair
/// of user and item is the same as weight vectors drawn anew for each user, without drawing them.</remarks>
internal abstract class SamplingAgent<TPosterior>(AgentContext context, string name, ContextInputs inputs, TPosterior posterior, double scale)
    : PosteriorAgent<TPosterior>(context, name, inputs, posterior)
    where TPosterior : ItemPosterior
{
    private readonly RandomStream _draws = new(context.Seed, name + ":draws");
    private readonly int _itemCount = context.Spec.ItemCount;

    protected override Tensor Explore(Tensor means, Tensor deviations, Observation observation)
    {
        var normal = _draws.Normal(observation.DrawKey, Ranking.Lanes(observation.UserIds, _itemCount));
        return means.addcmul_(deviations, normal.to_type(ScalarType.Float64), scale);
    }
}
