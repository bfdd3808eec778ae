using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>What the actor-critics over an item space share: networks and their targets, replay, the way to slates, and the loss of the critics.
/// How targets are made and how the actor learns, each agent says in its own file.</summary>
internal abstract class ActorCriticAgent : ReplayLearner, IAgent, IEstimatesItems, IHasItemEmbeddings
{
    private readonly string _name;
    private readonly ActorCriticOptions _options;
    private readonly EnvironmentSpec _spec;
    private readonly RandomStream _sampling;
    private readonly FeatureScale _scale;
    private readonly ActorCriticPolicy _policy;
    private readonly Adam _actorOptimizer;
    private readonly Adam _criticOptimizer;
    private readonly RunningMeans _figures;

    /// <param name="criticCount">Critics whose estimates are combined.</param>
    /// <param name="actorOutputs">Outputs of the actor for each coordinate of a point.</param>
    /// <param name="figures">Names of what <see cref="Report"/> is given.</param>
    protected ActorCriticAgent(AgentContext context, ActorCriticOptions options, string name, int criticCount, int actorOutputs, params string[] figures)
        : base(context, options)
    {
        _name = name;
        _options = options;
        _spec = context.Spec;
        _policy = new ActorCriticPolicy(context, options, name);
        _sampling = new RandomStream(context.Seed, name + ":sampling");
        _scale = new FeatureScale(context.Population, _spec.Device);
        Online = new ActorCritic(_spec, _scale, options, criticCount, actorOutputs * options.EmbeddingSize);
        Target = new ActorCritic(_spec, _scale, options, criticCount, actorOutputs * options.EmbeddingSize);
        Online.Initialise(context.Seed, name);
        Target.CopyFrom(Online);
        _actorOptimizer = new Adam(Online.ActorParameters, options.ActorLearningRate) { Shared = Shared };
        _criticOptimizer = new Adam(Online.CriticParameters, options.CriticLearningRate, options.CriticWeightDecay) { Shared = Shared };
        _figures = new RunningMeans(_spec.Device, figures) { Shared = Shared };
    }

    internal ActorCritic Online { get; }

    /// <summary>Running mean of <see cref="Online"/>.</summary>
    internal ActorCritic Target { get; }

    /// <summary>Rounds learned from.</summary>
    protected long Rounds { get; private set; }

    /// <summary>Updates done: the draw of whatever an update draws.</summary>
    protected long Updates { get; private set; }

    public Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        using var noGradient = no_grad();
        // The target networks are running means of the online ones, which steps on random batches keep jittering: the better judge when it counts.
        if (mode == RecommendationMode.Exploit)
            return _policy.Exploit(Target, observation, (networks, part, states) => Points(networks, part, states, explores: false));
        return Rounds < _options.Warmup
            ? _policy.Random(observation)
            : _policy.Explore(Online, observation, (networks, part, states) => Points(networks, part, states, explores: true));
    }

    public EstimateKind EstimateKind => EstimateKind.Response;

    /// <summary>ρ, the critics' estimate of the response to each item, by the target networks.</summary>
    public Tensor EstimateItems(Observation observation)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var items = Target.Encoder.Items();
        return Target.Responses(Target.Encoder.States(observation, items), items).MoveToOuterDisposeScope();
    }

    /// <summary>The points of the item space, by the target networks.</summary>
    public Tensor ItemEmbeddings()
    {
        using var noGradient = no_grad();
        return Target.Encoder.Items();
    }

    public void Learn(Feedback feedback)
    {
        using var gradient = enable_grad();
        Replay.Add(feedback);
        Rounds++;
        var updates = Math.Min(_options.UpdatesPerIteration, (RowsOf(feedback) + _options.SlatesPerUpdate - 1) / _options.SlatesPerUpdate);
        for (var update = 0L; update < updates; update++)
        {
            using var scope = NewDisposeScope();
            Update(Replay.Sample(_sampling, Updates, _options, _options.Discount));
            Updates++;
        }
        _figures.RequireFinite(_name);
        // A gradient that is no number shows in what it moved, whatever the losses were.
        using var check = new FiniteCheck(_name);
        SavePolicy(check);
        SaveOptimizers(check);
        check.Require();
    }

    public virtual IReadOnlyDictionary<string, double> Diagnose()
    {
        var figures = _figures.Read();
        figures["replay_rows"] = Replay.CountOf(null);
        return figures;
    }

    /// <summary>The networks, the online ones to explore by and their targets to exploit by, and the rounds, which the exploration depends on.</summary>
    public override void SavePolicy(IStateWriter writer)
    {
        writer.Write("rounds", Rounds);
        Online.Save(writer.Under("online"));
        Target.Save(writer.Under("target"));
    }

    public override void LoadPolicy(IStateReader reader)
    {
        Rounds = reader.ReadCount("rounds");
        Online.Load(reader.Under("online"));
        Target.Load(reader.Under("target"));
    }

    protected override void SaveLearning(IStateWriter writer)
    {
        writer.Write("updates", Updates);
        SaveOptimizers(writer);
        _figures.Save(writer.Under("figures"));
    }

    /// <summary>What else updates move.</summary>
    protected virtual void SaveOptimizers(IStateWriter writer)
    {
        _actorOptimizer.Save(writer.Under("actorOptimizer"));
        _criticOptimizer.Save(writer.Under("criticOptimizer"));
    }

    protected virtual void LoadOptimizers(IStateReader reader)
    {
        _actorOptimizer.Load(reader.Under("actorOptimizer"));
        _criticOptimizer.Load(reader.Under("criticOptimizer"));
    }

    protected override void LoadLearning(IStateReader reader)
    {
        Updates = reader.ReadCount("updates");
        LoadOptimizers(reader);
        _figures.Load(reader.Under("figures"));
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        Online.Dispose();
        Target.Dispose();
        _actorOptimizer.Dispose();
        _criticOptimizer.Dispose();
        _figures.Dispose();
        Replay.Dispose();
        _scale.Dispose();
    }

    /// <summary>The proto-actions; exploring, each user's with luck of its own, keyed by the observation's round.</summary>
    internal abstract Tensor Points(ActorCritic networks, Observation observation, Tensor states, bool explores);

    /// <summary>What the slates of a batch earn after their own responses, discounted: what the sum of their items' φ is to learn.</summary>
    /// <returns>[R] float32, without gradient.</returns>
    internal Tensor Futures(ReplayBatch batch) => _options.Discount == 0
        ? zeros_like(batch.Discounts!) // Nothing is asked of the next state, which would be work for nothing.
        : LookAhead(batch);

    /// <summary>The same where the discount is above 0.</summary>
    protected abstract Tensor LookAhead(ReplayBatch batch);

    /// <summary>One step of everything that learns.</summary>
    internal abstract void Update(ReplayBatch batch);

    /// <summary>What the best slate near some points is worth: of the items nearest to each point, the K of highest value, summed.</summary>
    /// <remarks>Q(s, p) itself would be a value where no item stands and no response ever corrects it; fed back, it grows without end. With several
    /// critics an item has the least of their values.</remarks>
    /// <param name="points">[R, E].</param>
    /// <returns>[R].</returns>
    protected Tensor SlateValue(ActorCritic networks, Tensor states, Tensor items, Tensor points)
    {
        using var scope = NewDisposeScope();
        var count = Math.Max(_spec.SlateSize, _options.BootstrapCandidates ?? (10 * _spec.SlateSize));
        var candidates = count >= _spec.ItemCount ? null : Wolpertinger.Candidates(Wolpertinger.Nearness(points, items), null, count);
        return networks.Values(states, items, candidates, least: true).topk(_spec.SlateSize, dim: 1).values.sum(1).MoveToOuterDisposeScope();
    }

    /// <summary>The rewards of the later slates of each return, and the value of what follows them, of which a terminated episode has none.</summary>
    /// <param name="nextValue">[R].</param>
    protected static Tensor Discounted(ReplayBatch batch, Tensor nextValue) =>
        nextValue.masked_fill(batch.Terminated, 0f).mul(batch.Discounts!).add(batch.LaterRewards!);

    /// <summary>One step of critics and embeddings: ρ towards each slot's response, the sum of φ towards what the slate earns later.</summary>
    /// <param name="futures">[R], from <see cref="Futures"/>.</param>
    /// <param name="points">Given states [R, S], the points [R, E] that the actor names there, where critics are grounded.</param>
    /// <returns>The states [R, S] as the actor is to see them, and figures: critic_loss, grounding_loss, mean_q, mean_target.</returns>
    protected internal (Tensor States, Tensor[] Figures) LearnCritics(ReplayBatch batch, Tensor futures, Func<Tensor, Tensor> points)
    {
        Guard.Shape(futures, "futures", "rows", [batch.Items.size(0)]);
        var (rows, slots) = (batch.Items.size(0), batch.Items.size(1));
        var items = Online.Encoder.Items();
        var states = Online.Encoder.States(batch.Observation, items);
        var seen = states.detach();
        var shown = items.index_select(0, batch.Items.reshape(-1)).reshape(rows, slots, -1);
        var pointed = points(seen).detach();
        var nearest = items.index_select(0, Wolpertinger.Nearness(pointed, items).argmax(1)).detach();
        var (loss, grounding, values, errors) = (zeros([], device: items.device), zeros([], device: items.device), zeros([], device: items.device), zeros([], device: items.device));
        var judgements = new List<Judgement>();
        foreach (var critic in Online.Critics)
        {
            var said = critic.Judge(states, shown, pointed, nearest);
            Guard.Shape(said.Rewards, "values", "rows, slots", batch.Responses.shape);
            var ownErrors = said.Rewards.sub(batch.Responses);
            var laterErrors = said.Futures.sum(1).sub(futures);
            loss = loss.add(batch.Mean(ownErrors.square())).add(batch.Mean(laterErrors.div(critic.FutureScale).square()).div(slots));
            // How far the critic's value of the actor's point is from its value of the item that the point leads to. Responses are seen at items alone:
            // between them nothing else would keep the critic from promising what no item holds, and the actor would go wherever it promises most.
            grounding = grounding.add(batch.Mean(said.AtPoints.sub(said.AtNearest).div(critic.FutureScale).square()));
            values = values.add(said.Rewards.mean()).add(said.Futures.mean());
            errors = errors.add(ownErrors.sum(1).add(laterErrors).abs().detach());
            judgements.Add(said);
        }
        _criticOptimizer.Step(Online.CriticParameters.Values, Online.CriticGradient(loss.add(grounding, alpha: _options.Grounding), judgements));
        Replay.Prioritise(batch, errors.div(Online.Critics.Count));
        return (seen, [loss, grounding, values.div(Online.Critics.Count), batch.Responses.mean().add(futures.mean().div(slots))]);
    }

    /// <summary>One step of the actor up the critics' slope: −slope · point for each row has the gradient that the value itself would give it.</summary>
    /// <param name="losses">[R].</param>
    protected void LearnActor(Tensor losses) => _actorOptimizer.Minimise(losses.mean(), Online.ActorParameters);

    /// <summary>How the value of a point, the least of some critics' values, changes with each of its coordinates. Neither critics nor embeddings are moved
    /// by what is done with it.</summary>
    /// <param name="critics">How many of the critics are asked.</param>
    /// <returns>[R, E] and [R], without gradient.</returns>
    protected (Tensor Slopes, Tensor Values) Slopes(Tensor states, Tensor points, int critics) => Online.SlopesOfPoints(states, points, critics);

    /// <summary>The slope of the first critic's value of a point that must stay in the cube, scaled by the room left in that direction.</summary>
    /// <remarks>Inverted gradients (Hausknecht and Stone 2016): a coordinate slows down at its bound and is turned back beyond it. A tanh instead
    /// would lose its slope at the bound, where a critic that is still wrong soon drives it, and stay there.</remarks>
    /// <param name="outputs">[R, E], unbounded.</param>
    protected (Tensor Slopes, Tensor Values) InvertedSlopes(Tensor states, Tensor outputs)
    {
        var seen = outputs.detach();
        var (slopes, values) = Slopes(states, seen.clamp(-1, 1), critics: 1);
        var room = where(slopes.gt(0), seen.neg().add_(1), seen.add(1)).mul_(0.5);
        return (slopes.mul(room), values);
    }

    protected void Report(params Tensor[] figures) => _figures.Add(figures);
}
