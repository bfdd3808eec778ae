using RecDeepRL.Cluster.Shards;
using RecDeepRL.Core;
using RecDeepRL.Core.State;
using RecDeepRL.Experiments.Checkpoints;
using static TorchSharp.torch;

namespace RecDeepRL.Cluster.Clients;

/// <summary>An agent of which every shard has a replica that learns along with the others: its state can be saved and restored here as that of one agent that has learned of all users.</summary>
/// <param name="inner">An agent as it is before the first round, which takes on the state of the replicas when it is asked for. Ownership passes to this.</param>
internal sealed class ShardedAgent(IAgent inner, int userCount) : IAgent
{
    private readonly ILearnsFromGradients _parts = (ILearnsFromGradients)inner;
    private readonly UserBlocks _blocks = new(userCount);

    /// <summary>The shards; none before they are placed, when every replica is as it is before the first round.</summary>
    public IReadOnlyList<IShardLink>? Shards { get; set; }

    /// <summary>What the replicas said of themselves after the latest round.</summary>
    public IReadOnlyDictionary<string, double> Figures { get; set; } = new Dictionary<string, double>();

    /// <exception cref="InvalidOperationException">Always: the replicas recommend.</exception>
    public Tensor Recommend(Observation observation, RecommendationMode mode) => throw new InvalidOperationException("The agent's replicas on the shards recommend.");

    /// <exception cref="InvalidOperationException">Always: the replicas learn.</exception>
    public void Learn(Feedback feedback) => throw new InvalidOperationException("The agent's replicas on the shards learn.");

    public IReadOnlyDictionary<string, double> Diagnose() => Figures;

    /// <exception cref="InvalidDataException">The replicas are not the same any more.</exception>
    public void Save(IStateWriter writer)
    {
        if (Shards is { } shards)
        {
            var parts = ShardedEnvironment.Ask(shards, ShardCommand.SaveAgent, [.. shards.Select(_ => ShardedEnvironment.Empty())]);
            try
            {
                RequireSame(parts);
                _parts.LoadParts([.. parts.Select(part => ((IStateReader)part).Under(Shard.AgentPrefix))]);
            }
            finally
            {
                parts.ForEach(part => part.Dispose());
            }
        }
        inner.Save(writer);
    }

    public void Load(IStateReader reader)
    {
        inner.Load(reader);
        if (Shards is not { } shards)
            return;
        var ranges = Enumerable.Range(0, shards.Count).Select(shard => _blocks.Users(UserBlocks.Of(shard, shards.Count))).ToList();
        var requests = new List<SavedState>();
        try
        {
            for (var shard = 0; shard < shards.Count; shard++)
            {
                requests.Add(ShardedEnvironment.Empty());
                _parts.SavePart(((IStateWriter)requests[^1]).Under(Shard.AgentPrefix), shard, ranges);
            }
            ShardedEnvironment.Ask(shards, ShardCommand.LoadAgent, requests).ForEach(answer => answer.Dispose());
        }
        finally
        {
            requests.ForEach(request => request.Dispose());
        }
    }

    public void Dispose() => inner.Dispose();

    /// <summary>Replicas that step along the same sums stay the same, bit by bit, on processors that compute the same.</summary>
    private void RequireSame(List<SavedState> parts)
    {
        using var policy = new SavedState();
        if (inner is not IHasPolicyState apart)
            return;
        apart.SavePolicy(policy);
        foreach (var name in policy.Tensors.Keys.Select(name => $"{Shard.AgentPrefix}.{name}"))
        {
            if (parts.FindIndex(part => !part.Tensors[name].bytes.SequenceEqual(parts[0].Tensors[name].bytes)) is var other and >= 0)
                throw new InvalidDataException($"What shards 0 and {other} have learned is not the same ('{name}'): their workers compute otherwise. Use workers on the same kind of processor, or --merge transitions.");
        }
    }
}
