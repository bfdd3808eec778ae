using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Options of <c>ddpg</c>.</summary>
public sealed record DdpgOptions : IValidatableObject
{
    /// <summary>Discount per step, in [0, 1). Default 0.5: what is shown now changes little of what can be earned later. Raise it where users remember.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Discount { get; init; } = 0.5;

    /// <summary>Learning rate of the actor's Adam. Default 0.001.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double ActorLearningRate { get; init; } = 0.001;

    /// <summary>Learning rate of the Adam of critic and embeddings. Default 0.001.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double CriticLearningRate { get; init; } = 0.001;

    /// <summary>Share of the online networks that moves into the target networks at each update, in (0, 1]. Default 0.01.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Tau { get; init; } = 0.01;

    /// <summary>Weight of the loss that holds the critic's value of the actor's point to that of the nearest item. Default 1.</summary>
    [Range(0.0, double.MaxValue)]
    public double Grounding { get; init; } = 1;

    /// <summary>Slates drawn from the replay buffer for one update; each slot is a transition of its own. Default 128.</summary>
    [Range(1, int.MaxValue)]
    public int BatchSize { get; init; } = 128;

    /// <summary>Updates of critic and actor after each iteration. Default 40.</summary>
    [Range(0, int.MaxValue)]
    public int UpdatesPerIteration { get; init; } = 40;

    /// <summary>Units in each of the two hidden layers of actor and critic. Default 64.</summary>
    [Range(1, 4096)]
    public int HiddenSize { get; init; } = 64;

    /// <summary>Dimensions of item space, and of the user embedding where there is one. Default 16.</summary>
    [Range(1, 1024)]
    public int EmbeddingSize { get; init; } = 16;

    /// <summary>Whether the state holds a learned embedding of the user's id. Default none: where there are no user features.</summary>
    public bool? UserIds { get; init; }

    /// <summary>Items nearest to the proto-action among which the slate is chosen, at least the slate's size. Default none: a tenth of the items, at least 100 and ten for each slot.</summary>
    [Range(1, int.MaxValue)]
    public int? Candidates { get; init; }

    /// <summary>Whether the critic chooses among the candidates. Default true; otherwise the nearest are shown.</summary>
    public bool Rerank { get; init; } = true;

    /// <summary>Standard deviation of the exploration noise on each coordinate of the proto-action, which lies in [-1, 1]. Default 0.2.</summary>
    [Range(0.0, 10.0)]
    public double Noise { get; init; } = 0.2;

    /// <summary>Factor on the noise after each iteration, in (0, 1]. Default 0.97.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double NoiseDecay { get; init; } = 0.97;

    /// <summary>Probability that, exploring, a slot shows a random item instead. Default 0.1.</summary>
    [Range(0.0, 1.0)]
    public double RandomShare { get; init; } = 0.1;

    /// <summary>Iterations at the start that show random items when exploring. Default 1.</summary>
    [Range(0, int.MaxValue)]
    public int Warmup { get; init; } = 1;

    /// <summary>Slates that the replay buffer holds at most; the oldest is overwritten. Default 100000.</summary>
    [Range(1, int.MaxValue)]
    public int ReplayCapacity { get; init; } = 100_000;

    /// <summary>Latest iterations that updates draw from, so that what is no longer true is forgotten. Default 10; none for all that the buffer holds.</summary>
    [Range(1, int.MaxValue)]
    public int? ReplayRounds { get; init; } = 10;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (BatchSize > (long)ReplayCapacity)
            yield return new ValidationResult($"batchSize was {BatchSize}, must be at most replayCapacity, {ReplayCapacity}");
    }
}

/// <summary>Deep deterministic policy gradient (Lillicrap et al. 2016) over an item space, with slates chosen as Wolpertinger does (Dulac-Arnold et al. 2015).</summary>
/// <remarks>Each slot of a slate is a transition of its own whose reward is the response to its item, in the manner of SlateQ's decomposition (Ie et al. 2019).
/// What this deviates in from the papers stands in docs/agents/ddpg.md.</remarks>
internal sealed class DdpgAgent : IAgent
{
    private readonly DdpgOptions _options;
    private readonly EnvironmentSpec _spec;
    private readonly int _candidateCount;
    private readonly RandomStream _ties;
    private readonly RandomStream _noise;
    private readonly RandomStream _coins;
    private readonly RandomStream _draws;
    private readonly RandomStream _sampling;
    private readonly FeatureScale _scale;
    private readonly ActorCritic _online;
    private readonly ActorCritic _target;
    private readonly Adam _actorOptimizer;
    private readonly Adam _criticOptimizer;
    private readonly ReplayBuffer _replay;
    private readonly RunningMeans _figures;
    private long _rounds;
    private long _updates;

    public DdpgAgent(AgentContext context, DdpgOptions options)
    {
        _options = options;
        _spec = context.Spec;
        _candidateCount = options.Candidates ?? Wolpertinger.DefaultCandidates(_spec.ItemCount, _spec.SlateSize);
        if (_candidateCount < _spec.SlateSize)
            throw new UserMistakeException($"DdpgOptions is invalid: candidates was {_candidateCount}, must be at least the slate size, {_spec.SlateSize}, or none.");
        _ties = new RandomStream(context.Seed, "ddpg:ties");
        _noise = new RandomStream(context.Seed, "ddpg:noise");
        _coins = new RandomStream(context.Seed, "ddpg:coins");
        _draws = new RandomStream(context.Seed, "ddpg:draws");
        _sampling = new RandomStream(context.Seed, "ddpg:sampling");
        _scale = new FeatureScale(context.Population, _spec.Device);
        var usesUserIds = options.UserIds ?? _spec.UserFeatureCount == 0;
        _online = new ActorCritic(_spec, _scale, options.EmbeddingSize, options.HiddenSize, usesUserIds);
        _target = new ActorCritic(_spec, _scale, options.EmbeddingSize, options.HiddenSize, usesUserIds);
        _online.Initialise(context.Seed);
        _target.CopyFrom(_online);
        _actorOptimizer = new Adam(_online.ActorParameters, options.ActorLearningRate);
        _criticOptimizer = new Adam(_online.CriticParameters, options.CriticLearningRate);
        _replay = new ReplayBuffer(_spec, options.ReplayCapacity, keepsNext: true);
        _figures = new RunningMeans(_spec.Device, "criticLoss", "groundingLoss", "actorLoss", "meanQ", "meanTarget");
    }

    internal ActorCritic Online => _online;

    internal ActorCritic Target => _target;

    internal ReplayBuffer Replay => _replay;

    public Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        using var noGradient = no_grad();
        if (mode == RecommendationMode.Explore && _rounds < _options.Warmup)
            return RandomSlates(observation);
        using var scope = NewDisposeScope();
        // The target networks are running means of the online ones, which steps on random batches keep jittering: the better judge when it counts.
        var networks = mode == RecommendationMode.Exploit ? _target : _online;
        var items = networks.Encoder.Items();
        var usersAtOnce = PairNetwork.UsersAtOnce(_spec.Device, _options.HiddenSize, Math.Min(_candidateCount, _spec.ItemCount));
        var parts = new List<Tensor>();
        for (var start = 0L; start < observation.UserCount; start += usersAtOnce)
        {
            using var part = observation.Slice(start, Math.Min(usersAtOnce, observation.UserCount - start));
            parts.Add(Choose(networks, part, items, mode == RecommendationMode.Explore));
        }
        return cat(parts).MoveToOuterDisposeScope();
    }

    public void Learn(Feedback feedback)
    {
        using var gradient = enable_grad();
        _replay.Add(feedback);
        _rounds++;
        var rows = _replay.CountOf(_options.ReplayRounds);
        for (var update = 0; update < _options.UpdatesPerIteration; update++)
        {
            using var scope = NewDisposeScope();
            Update(_replay.Sample(_sampling, _updates++, _options.BatchSize, rows));
        }
        _figures.RequireFinite("ddpg");
    }

    /// <summary>One step of critic, actor and targets.</summary>
    internal void Update(ReplayBatch batch)
    {
        using var scope = NewDisposeScope();
        var targets = Targets(batch);
        var items = _online.Encoder.Items();
        var states = _online.Encoder.States(batch.Observation, items);
        var values = _online.Critic.OfItems(states, items.index_select(0, batch.Items.reshape(-1)).reshape(targets.shape[0], targets.shape[1], -1));
        Guard.Shape(values, "values", "rows, slots", targets.shape);
        var criticLoss = values.sub(targets).square().mean();
        var groundingLoss = GroundingLoss(states, items);
        _criticOptimizer.Minimise(criticLoss + (groundingLoss * _options.Grounding), _online.CriticParameters);

        // The actor climbs the critic that has just been moved, on the states as they were; neither is moved by its loss.
        var seen = states.detach();
        var points = _online.ActorOutput(seen);
        var (slopes, pointValues) = Slopes(seen, points);
        var actorLoss = points.mul(slopes).sum(1).mean().neg();
        _actorOptimizer.Minimise(actorLoss, _online.ActorParameters);
        _target.Follow(_online, _options.Tau);
        _figures.Add(criticLoss, groundingLoss, pointValues.mean().neg(), values.mean(), targets.mean());
    }

    /// <summary>How far the critic's value of the actor's point is from its value of the item that the point leads to.</summary>
    /// <remarks>Responses are seen at items alone. Between them nothing else would keep the critic from promising what no item holds, and the actor
    /// would go wherever it promises most.</remarks>
    private Tensor GroundingLoss(Tensor states, Tensor items)
    {
        using var scope = NewDisposeScope();
        var points = _online.Actor(states.detach()).detach();
        Tensor held;
        using (no_grad())
            held = _online.Critic.OfOneItem(states, items.index_select(0, Wolpertinger.Nearness(points, items).argmax(1)));
        return _online.Critic.OfOneItem(states, points).sub(held).square().mean().MoveToOuterDisposeScope();
    }

    /// <summary>How the critic's value changes with each coordinate of a point, scaled by the room left in that direction.</summary>
    /// <remarks>Inverted gradients (Hausknecht and Stone 2016): a coordinate slows down at its bound and is turned back beyond it. A tanh instead
    /// would lose its slope at the bound, where a critic that is still wrong soon drives it, and stay there.</remarks>
    /// <returns>[R, E] without gradient, and the values [R].</returns>
    private (Tensor Slopes, Tensor Values) Slopes(Tensor states, Tensor outputs)
    {
        var points = outputs.detach().clamp(-1, 1).requires_grad_(true);
        var values = _online.Critic.OfOneItem(states, points);
        var slopes = autograd.grad([values.sum()], [points])[0];
        var room = where(slopes.gt(0), outputs.neg().add_(1), outputs.add(1)).mul_(0.5);
        return (slopes.mul(room).detach(), values);
    }

    /// <summary>What the critic is to learn: r + discount · (1 − terminated) · Q'(s', g(μ'(s'))) for each slot, g(p) the item nearest to p.</summary>
    /// <remarks>Q'(s', μ'(s')) itself would be a value where no item stands and no response ever corrects it; fed back, it grows without end.</remarks>
    /// <returns>[R, K] float32, without gradient.</returns>
    internal Tensor Targets(ReplayBatch batch)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var items = _target.Encoder.Items();
        var next = _target.Encoder.States(batch.Next!, items);
        var nearest = Wolpertinger.Nearness(_target.Actor(next), items).argmax(1);
        var nextValue = _target.Critic.OfOneItem(next, items.index_select(0, nearest)).masked_fill(batch.Terminated, 0f);
        return batch.Responses.add(nextValue.mul(_options.Discount).unsqueeze(1)).MoveToOuterDisposeScope();
    }

    public IReadOnlyDictionary<string, double> Diagnose()
    {
        var figures = _figures.Read();
        figures["replayRows"] = _replay.Count;
        figures["noise"] = Noise;
        return figures;
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("rounds", _rounds);
        writer.Write("updates", _updates);
        _online.Save(writer.Under("online"));
        _target.Save(writer.Under("target"));
        _actorOptimizer.Save(writer.Under("actorOptimizer"));
        _criticOptimizer.Save(writer.Under("criticOptimizer"));
        _replay.Save(writer.Under("replay"));
        _figures.Save(writer.Under("figures"));
    }

    public void Load(IStateReader reader)
    {
        _rounds = reader.ReadInt64("rounds");
        _updates = reader.ReadInt64("updates");
        _online.Load(reader.Under("online"));
        _target.Load(reader.Under("target"));
        _actorOptimizer.Load(reader.Under("actorOptimizer"));
        _criticOptimizer.Load(reader.Under("criticOptimizer"));
        _replay.Load(reader.Under("replay"));
        _figures.Load(reader.Under("figures"));
    }

    public void Dispose()
    {
        _online.Dispose();
        _target.Dispose();
        _actorOptimizer.Dispose();
        _criticOptimizer.Dispose();
        _replay.Dispose();
        _figures.Dispose();
        _scale.Dispose();
    }

    private double Noise => _options.Noise * Math.Pow(_options.NoiseDecay, _rounds);

    private Tensor RandomSlates(Observation observation)
    {
        using var scores = zeros([1, _spec.ItemCount], ScalarType.Float32, _spec.Device);
        return Ranking.Best(scores, observation, _spec.SlateSize, _ties);
    }

    private Tensor Choose(ActorCritic networks, Observation observation, Tensor items, bool explores)
    {
        using var scope = NewDisposeScope();
        var states = networks.Encoder.States(observation, items);
        var scores = Scores(networks, observation, states, items, explores);
        var slates = Ranking.Best(scores, observation, _spec.SlateSize, _ties);
        if (explores && _options.RandomShare > 0)
            slates = Wolpertinger.WithRandomSlots(slates, observation, _spec.ItemCount, _options.RandomShare, _coins, _draws);
        return slates.MoveToOuterDisposeScope();
    }

    /// <summary>[B, N]: the critic's value or the nearness of each candidate, −∞ for other items.</summary>
    private Tensor Scores(ActorCritic networks, Observation observation, Tensor states, Tensor items, bool explores)
    {
        var projectedItems = networks.Critic.ProjectItem(items);
        var projectedStates = networks.Critic.ProjectState(states).unsqueeze(1);
        if (_options.Rerank && _candidateCount >= _spec.ItemCount)
            return networks.Critic.Value(projectedStates, projectedItems);
        var nearness = Wolpertinger.Nearness(Points(networks, observation, states, explores), items);
        if (!_options.Rerank)
            return nearness;
        var candidates = Wolpertinger.Candidates(nearness, observation.EligibleItems, _candidateCount);
        var chosen = projectedItems.index_select(0, candidates.reshape(-1)).reshape(candidates.shape[0], candidates.shape[1], -1);
        return Wolpertinger.Spread(networks.Critic.Value(projectedStates, chosen), candidates, _spec.ItemCount);
    }

    /// <summary>[B, E]: the proto-actions, each user's with noise of its own where the agent explores.</summary>
    internal Tensor Points(ActorCritic networks, Observation observation, Tensor states, bool explores)
    {
        var points = networks.Actor(states);
        if (!explores || _options.Noise == 0)
            return points;
        using var scope = NewDisposeScope();
        var noise = _noise.Normal(observation.DrawKey, Ranking.Lanes(observation.UserIds, points.shape[1]));
        return points.add(noise, alpha: Noise).clamp_(-1, 1).MoveToOuterDisposeScope();
    }
}
