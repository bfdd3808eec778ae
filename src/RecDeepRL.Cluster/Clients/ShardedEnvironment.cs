using RecDeepRL.Cluster.Shards;
using RecDeepRL.Core;
using RecDeepRL.Core.State;
using RecDeepRL.Experiments.Checkpoints;
using static TorchSharp.torch;

namespace RecDeepRL.Cluster.Clients;

/// <summary>A population whose users all live on shards: here are its specification, its features and its truth, and the state of the users can be saved and restored
/// as a whole, in the format of an environment that holds them all.</summary>
/// <remarks>Rounds are played by the shards alone; whoever observes here sees nobody.</remarks>
internal sealed class ShardedEnvironment : IEnvironment, ITruth
{
    private readonly IEnvironment _nobody;
    private readonly UserBlocks _blocks;

    /// <param name="nobody">The environment with none of its users. Ownership passes to this.</param>
    public ShardedEnvironment(IEnvironment nobody)
    {
        _nobody = nobody;
        _blocks = new UserBlocks(nobody.Spec.UserCount);
        Spec = nobody.Spec with { Part = null };
    }

    /// <summary>The shards; none before they are placed, when every user is at the beginning.</summary>
    public IReadOnlyList<IShardLink>? Shards { get; set; }

    public EnvironmentSpec Spec { get; }

    public Population Population => _nobody.Population;

    public long Iteration { get; set; }

    public bool IsStationary => Truth.IsStationary;

    public bool SlotsAreIndependent => Truth.SlotsAreIndependent;

    /// <summary>Whether agents hear of rounds later than they happen.</summary>
    public bool HasDelays => _nobody is IDelayedFeedback;

    private ITruth Truth => (ITruth)_nobody;

    /// <summary>Of a run that begins; shards are placed at the beginning by themselves.</summary>
    /// <exception cref="InvalidOperationException">The shards are at work already.</exception>
    public void Reset(long seed)
    {
        if (Shards is not null)
            throw new InvalidOperationException("Shards are at work; they go on from a saved state only.");
        _nobody.Reset(seed);
        Iteration = 0;
    }

    public Observation Observe() => _nobody.Observe();

    public Observation ObserveAll(long drawKey) => _nobody.ObserveAll(drawKey);

    /// <exception cref="InvalidOperationException">Always: rounds are played by the shards.</exception>
    public Feedback Step(Tensor slates) => throw new InvalidOperationException("The users live on shards, which play the rounds.");

    public Tensor Respond(Observation observation, Tensor slates, long seed) => _nobody.Respond(observation, slates, seed);

    public Tensor ExpectedResponses(Tensor userIds, long iteration) => Truth.ExpectedResponses(userIds, iteration);

    public Tensor ExpectedResponses(Tensor userIds, Tensor slates, long iteration) => Truth.ExpectedResponses(userIds, slates, iteration);

    /// <summary>Gathers the state of all users from the shards.</summary>
    /// <remarks>Every tensor of an environment has a row for each user, or for each user of a pending round, both in the order of the users' ids: those of the shards follow one another.</remarks>
    public void Save(IStateWriter writer)
    {
        if (Shards is not { } shards)
        {
            _nobody.Save(writer);
            return;
        }
        var parts = Ask(shards, ShardCommand.Save, [.. shards.Select(_ => Empty())]);
        try
        {
            var prefix = Shard.EnvironmentPrefix + ".";
            foreach (var name in parts[0].Tensors.Keys)
            {
                using var whole = cat([.. parts.Select(part => part.Tensors[name])]);
                writer.Write(name[prefix.Length..], whole);
            }
            foreach (var (name, value) in parts[0].Counters)
            {
                if (parts.Any(part => part.ReadInt64(name) != value))
                    throw new InvalidDataException($"The shards do not agree on '{name}'.");
                writer.Write(name[prefix.Length..], value);
            }
        }
        finally
        {
            foreach (var part in parts)
                part.Dispose();
        }
    }

    /// <summary>Hands every shard the state of its users.</summary>
    /// <param name="reader">A whole state, of which all is known: a <see cref="SavedState"/>.</param>
    public void Load(IStateReader reader)
    {
        var whole = reader as SavedState ?? throw new ArgumentException("expected is a saved state", nameof(reader));
        Iteration = whole.ReadCount("iteration");
        if (Shards is not { } shards)
            return;
        var requests = new List<SavedState>();
        try
        {
            for (var shard = 0; shard < shards.Count; shard++)
                requests.Add(Part(whole, _blocks.Users(UserBlocks.Of(shard, shards.Count))));
            foreach (var answer in Ask(shards, ShardCommand.Load, requests))
                answer.Dispose();
        }
        finally
        {
            foreach (var request in requests)
                request.Dispose();
        }
    }

    public void Dispose() => _nobody.Dispose();

    /// <summary>The rows of some users: of a pending round those whose ids stand beside them, of everything else those in the place of the ids.</summary>
    private static SavedState Part(SavedState whole, UserRange users)
    {
        const string Ids = "observation.userIds";
        using var scope = NewDisposeScope();
        var part = new SavedState("the state of a shard");
        part.Write("hasPolicy", 0);
        var writer = ((IStateWriter)part).Under(Shard.EnvironmentPrefix);
        var rounds = whole.Tensors.Keys.Where(name => name.EndsWith(Ids, StringComparison.Ordinal)).Select(name => name[..^Ids.Length]).ToList();
        foreach (var (name, value) in whole.Tensors)
        {
            if (rounds.Find(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) is not { } round)
            {
                writer.Write(name, value.narrow(0, users.First, users.Count));
                continue;
            }
            var ids = whole.Tensors[round + Ids];
            writer.Write(name, value.index_select(0, ids.ge(users.First).logical_and_(ids.lt(users.First + (long)users.Count)).nonzero().squeeze(1)));
        }
        foreach (var (name, value) in whole.Counters)
            writer.Write(name, value);
        return part;
    }

    /// <summary>A request without anything. The caller disposes.</summary>
    internal static SavedState Empty()
    {
        var state = new SavedState();
        state.Write("hasPolicy", 0);
        return state;
    }

    /// <summary>Asks every shard for its own. The caller disposes.</summary>
    internal static List<SavedState> Ask(IReadOnlyList<IShardLink> shards, ShardCommand command, List<SavedState> requests)
    {
        var asked = shards.Select((shard, index) => shard.AskAsync(command, StateBytes.Write(requests[index]))).ToList();
        var answers = Task.WhenAll(asked).GetAwaiter().GetResult();
        return [.. answers.Select((answer, shard) => StateBytes.Read(answer, $"the answer of shard {shard}"))];
    }
}
