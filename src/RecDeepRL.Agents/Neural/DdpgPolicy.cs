using RecDeepRL.Agents.Exploration;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>How <c>ddpg</c> gets from its networks to slates. Keeps nothing but its streams.</summary>
internal sealed class DdpgPolicy
{
    private readonly EnvironmentSpec _spec;
    private readonly int _candidateCount;
    private readonly int _hiddenSize;
    private readonly bool _reranks;
    private readonly double _randomShare;
    private readonly RandomStream _ties;
    private readonly RandomStream _noise;
    private readonly ExploringSlots _slots;

    /// <exception cref="UserMistakeException">Fewer candidates than slots.</exception>
    public DdpgPolicy(AgentContext context, DdpgOptions options)
    {
        _spec = context.Spec;
        _candidateCount = Math.Min(_spec.ItemCount, options.Candidates ?? Wolpertinger.DefaultCandidates(_spec.ItemCount, _spec.SlateSize));
        if (_candidateCount < _spec.SlateSize)
            throw new UserMistakeException($"DdpgOptions is invalid: candidates was {_candidateCount}, must be at least the slate size, {_spec.SlateSize}, or none.");
        _hiddenSize = options.HiddenSize;
        _reranks = options.Rerank;
        _randomShare = options.RandomShare;
        _ties = new RandomStream(context.Seed, "ddpg:ties");
        _noise = new RandomStream(context.Seed, "ddpg:noise");
        _slots = new ExploringSlots(context, "ddpg");
    }

    /// <summary>Items drawn uniformly. [B, K].</summary>
    public Tensor Random(Observation observation)
    {
        using var scores = zeros([1, _spec.ItemCount], ScalarType.Float32, _spec.Device);
        return Ranking.Best(scores, observation, _spec.SlateSize, _ties);
    }

    /// <summary>What the networks hold to be best. [B, K].</summary>
    public Tensor Exploit(ActorCritic networks, Observation observation) => InParts(networks, observation, (part, items) => Choose(networks, part, items, noise: 0));

    /// <summary>The same from noisy proto-actions, with random items in some slots. [B, K].</summary>
    /// <param name="noise">Standard deviation on each coordinate.</param>
    public Tensor Explore(ActorCritic networks, Observation observation, double noise) => InParts(networks, observation, (part, items) =>
    {
        using var slates = Choose(networks, part, items, noise);
        return _slots.Fill(slates, part, _randomShare);
    });

    /// <summary>The proto-actions, each user's with noise of its own. [B, E].</summary>
    public Tensor Points(ActorCritic networks, Observation observation, Tensor states, double noise)
    {
        var points = networks.Actor(states);
        if (noise == 0)
            return points;
        using var scope = NewDisposeScope();
        var draws = _noise.Normal(observation.DrawKey, Ranking.Lanes(observation.UserIds, points.shape[1]));
        return points.add(draws, alpha: noise).clamp_(-1, 1).MoveToOuterDisposeScope();
    }

    private Tensor InParts(ActorCritic networks, Observation observation, Func<Observation, Tensor, Tensor> choose)
    {
        using var scope = NewDisposeScope();
        var items = networks.Encoder.Items();
        var usersAtOnce = PairNetwork.UsersAtOnce(_spec.Device, _hiddenSize, _candidateCount);
        var parts = new List<Tensor>();
        for (var start = 0L; start < observation.UserCount; start += usersAtOnce)
        {
            using var part = observation.Slice(start, Math.Min(usersAtOnce, observation.UserCount - start));
            parts.Add(choose(part, items));
        }
        return cat(parts).MoveToOuterDisposeScope();
    }

    private Tensor Choose(ActorCritic networks, Observation observation, Tensor items, double noise)
    {
        using var scope = NewDisposeScope();
        var scores = Scores(networks, observation, items, noise);
        return Ranking.Best(scores, observation, _spec.SlateSize, _ties).MoveToOuterDisposeScope();
    }

    /// <summary>[B, N]: the critic's value or the nearness of each candidate, −∞ for other items.</summary>
    private Tensor Scores(ActorCritic networks, Observation observation, Tensor items, double noise)
    {
        var states = networks.Encoder.States(observation, items);
        var projectedItems = networks.Critic.ProjectItem(items);
        var projectedStates = networks.Critic.ProjectState(states).unsqueeze(1);
        // With every item a candidate it does not matter where the actor points.
        if (_reranks && _candidateCount == _spec.ItemCount)
            return networks.Critic.Value(projectedStates, projectedItems);
        var nearness = Wolpertinger.Nearness(Points(networks, observation, states, noise), items);
        if (!_reranks)
            return nearness;
        var candidates = Wolpertinger.Candidates(nearness, observation.EligibleItems, _candidateCount);
        var chosen = projectedItems.index_select(0, candidates.reshape(-1)).reshape(candidates.shape[0], candidates.shape[1], -1);
        return Wolpertinger.Spread(networks.Critic.Value(projectedStates, chosen), candidates, _spec.ItemCount);
    }
}
