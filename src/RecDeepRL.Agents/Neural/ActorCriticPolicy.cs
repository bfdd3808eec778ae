using RecDeepRL.Agents.Exploration;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>The points of some users, which lead to items: [B, E] in [−1, 1].</summary>
/// <param name="states">[B, S].</param>
internal delegate Tensor ProtoActions(ActorCritic networks, Observation observation, Tensor states);

/// <summary>How an actor-critic gets from its networks to slates. Keeps nothing but its streams.</summary>
internal sealed class ActorCriticPolicy
{
    private readonly EnvironmentSpec _spec;
    private readonly int _candidateCount;
    private readonly int _hiddenSize;
    private readonly bool _reranks;
    private readonly double _randomShare;
    private readonly RandomStream _ties;
    private readonly ExploringSlots _slots;

    /// <param name="name">The agent's.</param>
    /// <exception cref="UserMistakeException">Fewer candidates than slots.</exception>
    public ActorCriticPolicy(AgentContext context, ActorCriticOptions options, string name)
    {
        _spec = context.Spec;
        _candidateCount = Math.Min(_spec.ItemCount, options.Candidates ?? Wolpertinger.DefaultCandidates(_spec.ItemCount, _spec.SlateSize));
        if (_candidateCount < _spec.SlateSize)
            throw new UserMistakeException($"{options.GetType().Name} is invalid: candidates was {_candidateCount}, must be at least the slate size, {_spec.SlateSize}, or none.");
        _hiddenSize = options.HiddenSize;
        _reranks = options.Rerank;
        _randomShare = options.RandomShare;
        _ties = new RandomStream(context.Seed, name + ":ties");
        _slots = new ExploringSlots(context, name);
    }

    /// <summary>Items drawn uniformly. [B, K].</summary>
    public Tensor Random(Observation observation)
    {
        using var scores = zeros([1, _spec.ItemCount], ScalarType.Float32, _spec.Device);
        return Ranking.Best(scores, observation, _spec.SlateSize, _ties);
    }

    /// <summary>What the networks hold to be best. [B, K].</summary>
    public Tensor Exploit(ActorCritic networks, Observation observation, ProtoActions points)
    {
        using var scope = NewDisposeScope();
        var items = networks.Encoder.Items();
        var usersAtOnce = PairNetwork.UsersAtOnce(_spec.Device, _hiddenSize, _candidateCount);
        var parts = new List<Tensor>();
        for (var start = 0L; start < observation.UserCount; start += usersAtOnce)
        {
            using var part = observation.Slice(start, Math.Min(usersAtOnce, observation.UserCount - start));
            parts.Add(Choose(networks, part, items, points));
        }
        return cat(parts).MoveToOuterDisposeScope();
    }

    /// <summary>The same with random items in some slots. [B, K].</summary>
    public Tensor Explore(ActorCritic networks, Observation observation, ProtoActions points)
    {
        using var slates = Exploit(networks, observation, points);
        return _slots.Fill(slates, observation, _randomShare);
    }

    private Tensor Choose(ActorCritic networks, Observation observation, Tensor items, ProtoActions points)
    {
        using var scope = NewDisposeScope();
        var scores = Scores(networks, observation, items, points);
        return Ranking.Best(scores, observation, _spec.SlateSize, _ties).MoveToOuterDisposeScope();
    }

    /// <summary>[B, N]: the critics' value or the nearness of each candidate, −∞ for other items.</summary>
    private Tensor Scores(ActorCritic networks, Observation observation, Tensor items, ProtoActions points)
    {
        var states = networks.Encoder.States(observation, items);
        // With every item a candidate it does not matter where the actor points.
        if (_reranks && _candidateCount == _spec.ItemCount)
            return networks.Values(states, items, null, least: false);
        var nearness = Wolpertinger.Nearness(points(networks, observation, states), items);
        if (!_reranks)
            return nearness;
        var candidates = Wolpertinger.Candidates(nearness, observation.EligibleItems, _candidateCount);
        return Wolpertinger.Spread(networks.Values(states, items, candidates, least: false), candidates, _spec.ItemCount);
    }
}
