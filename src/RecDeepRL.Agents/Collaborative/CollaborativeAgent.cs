using RecDeepRL.Agents.Exploration;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Collaborative;

/// <summary>What the collaborative agents share: counts of who was shown and answered what, a model refitted to them every few rounds, the user's
/// own responses to an item set against the model's estimate, and exploration. B users, N items.</summary>
/// <remarks>Everything in <see cref="Recommend"/> is float64, so that splitting a batch changes no score by as much as the ranking sees.</remarks>
internal abstract class CollaborativeAgent : IAgent, IExplainsSlates, IEstimatesItems
{
    /// <summary>How many showings at the mean of all items are mixed into an item's mean.</summary>
    protected const double MeanShrinkage = 1;

    private readonly CollaborativeOptions _options;
    private readonly ScoreExploration _exploration;
    private readonly RandomStream _draws;
    private readonly PairEvidence? _evidence;
    private readonly CandidatePool? _pool;
    private readonly Tensor _itemShown;
    private long _rounds;

    protected CollaborativeAgent(AgentContext context, string name, CollaborativeOptions options)
    {
        Context = context;
        _options = options;
        _exploration = new ScoreExploration(context, name, options);
        _draws = new RandomStream(context.Seed, name + ":pairs");
        _evidence = options.PairEvidence ? new PairEvidence(options.PairStrength, context.Spec.Device) : null;
        _pool = options.Candidates is { } smallest
            ? new CandidatePool(context.Spec, smallest, options.ResponsesPerCut, new RandomStream(context.Seed, name + ":candidates"))
            : null;
        _itemShown = zeros([context.Spec.ItemCount], ScalarType.Float64, context.Spec.Device).DetachFromDisposeScope();
        Pairs = new PairStatistics(context.Spec);
    }

    protected AgentContext Context { get; }

    /// <summary>What the model is fitted to.</summary>
    protected PairStatistics Pairs { get; }

    public Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        if (mode == RecommendationMode.Explore && (_rounds < _options.Warmup || _pool is { IsFinal: false }))
        {
            using var equal = zeros([1, Context.Spec.ItemCount], ScalarType.Float64, Context.Spec.Device);
            return _exploration.Slates(Candidates(equal), observation, RecommendationMode.Exploit).MoveToOuterDisposeScope();
        }
        var slates = empty([observation.UserCount, Context.Spec.SlateSize], ScalarType.Int64, Context.Spec.Device);
        UserSlices.ForEach(observation.UserCount, ValuesPerUser, Context.Spec.Device, (start, count) =>
        {
            using var part = observation.Slice(start, count);
            using var inference = no_grad();
            slates.narrow(0, start, count).copy_(SlatesOf(part, mode));
        });
        return slates.MoveToOuterDisposeScope();
    }

    /// <summary>Relevance is the estimate that exploit mode ranks by; the probability of a slate has no closed form.</summary>
    public SlateExplanation Explain(Observation observation, Tensor slates, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return new SlateExplanation(Estimate(observation.UserIds).gather(1, slates).to_type(ScalarType.Float32).MoveToOuterDisposeScope(), null);
    }

    public virtual EstimateKind EstimateKind => EstimateKind.Response;

    public Tensor EstimateItems(Observation observation)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return Estimate(observation.UserIds).to_type(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    public void Learn(Feedback feedback)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var users = feedback.Observation.UserIds;
        if (_evidence is { Learns: true } && _rounds > 0)
            _evidence.Judge(Model(users).gather(1, feedback.Slates), Of(Pairs.Shown, users).gather(1, feedback.Slates), Of(Pairs.Responses, users).gather(1, feedback.Slates), feedback.Responses);
        if (_options.Discount < 1)
        {
            Pairs.Shown.mul_(_options.Discount);
            Pairs.Responses.mul_(_options.Discount);
        }
        Pairs.Add(feedback);
        _itemShown.index_add_(0, feedback.Slates.reshape(-1), ones([feedback.Slates.numel()], ScalarType.Float64, Context.Spec.Device), 1);
        if (_rounds++ % _options.FitInterval == 0)
            Fit();
        _pool?.Count(feedback);
        while (_pool is { IsCutDue: true })
            _pool.Cut(Pairs.ItemMeans(MeanShrinkage));
    }

    /// <summary><c>items_shown</c>, how many items were ever shown, and <c>pair_strength</c>, α of the pair evidence where there is one.</summary>
    public virtual IReadOnlyDictionary<string, double> Diagnose()
    {
        using var scope = NewDisposeScope();
        var figures = new Dictionary<string, double> { ["items_shown"] = _itemShown.gt(0).sum().item<long>() };
        if (_evidence is not null)
            figures["pair_strength"] = _evidence.Strength.item<double>();
        return figures;
    }

    public virtual void Save(IStateWriter writer)
    {
        Pairs.Save(writer.Under("pairs"));
        _evidence?.Save(writer.Under("evidence"));
        _pool?.Save(writer.Under("candidates"));
        writer.Write("itemShown", _itemShown);
        writer.Write("rounds", _rounds);
    }

    public virtual void Load(IStateReader reader)
    {
        Pairs.Load(reader.Under("pairs"));
        _evidence?.Load(reader.Under("evidence"));
        _pool?.Load(reader.Under("candidates"));
        reader.ReadInto("itemShown", _itemShown);
        _rounds = reader.ReadCount("rounds");
    }

    public virtual void Dispose()
    {
        Pairs.Dispose();
        _evidence?.Dispose();
        _pool?.Dispose();
        _itemShown.Dispose();
    }

    /// <summary>How many numbers the largest intermediate result of a recommendation holds for one user.</summary>
    protected virtual long ValuesPerUser => Context.Spec.ItemCount;

    /// <summary>Fits the model to <see cref="Pairs"/>, from where it stands.</summary>
    protected abstract void Fit();

    /// <summary>The model's estimates of the responses, p̂.</summary>
    /// <param name="users">[B] int64, ids.</param>
    /// <returns>[B, N] float64.</returns>
    protected abstract Tensor Model(Tensor users);

    /// <summary>The model's estimates and their variance; none where the model does not know it. Disposed with the caller's scope.</summary>
    /// <returns>Each [B, N] float64.</returns>
    protected virtual (Tensor Means, Tensor? Variances) ModelWithVariance(Tensor users) => (Model(users), null);

    /// <summary>A draw from the posterior of the estimates; the estimates themselves where the model has no posterior.</summary>
    /// <returns>[B, N] float64.</returns>
    protected virtual Tensor ModelDraw(Tensor users, long drawKey) => Model(users);

    /// <summary>The rows of some users.</summary>
    /// <returns>[B, N] float64.</returns>
    protected static Tensor Of(Tensor pairs, Tensor users)
    {
        using var rows = pairs.index_select(0, users);
        return rows.to_type(ScalarType.Float64);
    }

    /// <summary>What exploit mode ranks by.</summary>
    protected internal Tensor Estimate(Tensor users)
    {
        using var scope = NewDisposeScope();
        return Corrected(Model(users), users).MoveToOuterDisposeScope();
    }

    private Tensor SlatesOf(Observation observation, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        var users = observation.UserIds;
        if (mode == RecommendationMode.Exploit)
            return _exploration.Slates(Candidates(Estimate(users)).masked_fill_(_itemShown.eq(0), double.NegativeInfinity), observation, mode).MoveToOuterDisposeScope();
        // Scores of the posterior explore by themselves: they are ranked as exploiting would.
        return (_options.Posterior switch
        {
            PosteriorExploration.Ucb => _exploration.Slates(Candidates(Bounds(users)), observation, RecommendationMode.Exploit),
            PosteriorExploration.Thompson => _exploration.Slates(Candidates(Draws(users, observation.DrawKey)), observation, RecommendationMode.Exploit),
            _ => _exploration.Slates(Candidates(Estimate(users)), observation, mode),
        }).MoveToOuterDisposeScope();
    }

    private Tensor Candidates(Tensor scores) => _pool?.Restrict(scores) ?? scores;

    private Tensor Corrected(Tensor model, Tensor users) =>
        _evidence is null ? model : _evidence.Means(model, Of(Pairs.Shown, users), Of(Pairs.Responses, users));

    private Tensor Bounds(Tensor users)
    {
        var (model, variances) = ModelWithVariance(users);
        var means = Corrected(model, users);
        if (_evidence is not null)
        {
            var (own, shares) = _evidence.Spread(means, Of(Pairs.Shown, users));
            variances = variances is null ? own : own.add_(shares.mul_(variances));
        }
        return variances is null ? means : means.add_(variances.sqrt_(), alpha: _options.Width);
    }

    private Tensor Draws(Tensor users, long drawKey)
    {
        var means = Corrected(ModelDraw(users, drawKey), users);
        if (_evidence is null)
            return means;
        var (own, _) = _evidence.Spread(means, Of(Pairs.Shown, users));
        var noise = _draws.Normal(drawKey, Ranking.Lanes(users, Context.Spec.ItemCount)).to_type(ScalarType.Float64);
        return means.add_(noise.mul_(own.sqrt_()), alpha: _options.Width);
    }
}
