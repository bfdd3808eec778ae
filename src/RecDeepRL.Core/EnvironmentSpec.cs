using TorchSharp;

namespace RecDeepRL.Core;

/// <summary>What an environment is, as far as an agent or the harness has to know. Sizes are counts; nothing here changes while it runs.</summary>
public sealed record EnvironmentSpec
{
    /// <summary>The registered name, such as <c>personal</c>.</summary>
    public required string Name { get; init; }

    /// <summary>U, users in the population. User ids run from 0 to U − 1.</summary>
    public required int UserCount { get; init; }

    /// <summary>The users whose state lives here, where it is a part of the population: they alone take part in rounds and are evaluated. None for all.</summary>
    public UserRange? Part { get; init; }

    /// <summary>The users whose state lives here.</summary>
    public UserRange Users => Part ?? new UserRange(0, UserCount);

    /// <summary>N, items in the population. Item ids run from 0 to N − 1.</summary>
    public required int ItemCount { get; init; }

    /// <summary>K, distinct items in each slate; at most N.</summary>
    public required int SlateSize { get; init; }

    /// <summary>M, how many of a user's latest items and responses an observation shows; at least 1.</summary>
    public required int HistoryLength { get; init; }

    /// <summary>D, width of the user features; 0 where there are none.</summary>
    public required int UserFeatureCount { get; init; }

    /// <summary>Width of the item features; 0 where there are none.</summary>
    public required int ItemFeatureCount { get; init; }

    /// <summary>Where every tensor of the environment lives, and where agents put theirs.</summary>
    public required torch.Device Device { get; init; }

    /// <summary>Iterations of one run unless the user asks for another number.</summary>
    public required int DefaultIterations { get; init; }

    /// <summary>Whether users come and go in sessions that end. Without sessions no step is ever terminated.</summary>
    public bool HasEpisodes { get; init; }

    /// <summary>Rounds after which a session that has not ended by itself is truncated; at least 1 where there are sessions, 0 where there are none.</summary>
    public int SessionLimit { get; init; }

    /// <summary>Identifies users, items and their features; a checkpoint of another population is refused by it.</summary>
    public required string PopulationFingerprint { get; init; }
}
