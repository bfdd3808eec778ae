using RecDeepRL.Cluster.Shards;
using RecDeepRL.Experiments.Training;

namespace RecDeepRL.Cluster.Clients;

/// <summary>A client's way to one shard.</summary>
internal interface IShardLink
{
    /// <summary>Where the shard is, for people.</summary>
    string Place { get; }

    /// <summary>Has a command carried out after those before it.</summary>
    /// <param name="request">A state, see <see cref="StateBytes"/>.</param>
    /// <returns>The answer, a state.</returns>
    /// <exception cref="RoundsLostException">The shard is lost.</exception>
    /// <exception cref="Core.UserMistakeException">The shard says so.</exception>
    /// <exception cref="ArithmeticException">The shard met a number that is none.</exception>
    Task<byte[]> AskAsync(ShardCommand command, byte[] request);
}

/// <summary>The shards of a run, wherever they are.</summary>
internal interface IShardLinks : IDisposable
{
    /// <summary>In the order of their users.</summary>
    IReadOnlyList<IShardLink> All { get; }

    /// <inheritdoc cref="IRecoverableRounds.Recover"/>
    void Recover(CancellationToken cancellation);
}
