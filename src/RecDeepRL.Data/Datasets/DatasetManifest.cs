namespace RecDeepRL.Data.Datasets;

/// <summary>What <c>dataset.json</c> says about a data set: where it came from and what it holds. The counts are checked on reading.</summary>
public sealed record DatasetManifest
{
    /// <summary>The layout that this program writes.</summary>
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    /// <summary>Such as <c>movielens-1m</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Names of the files that its interactions, users and items were read from; none where it was made by a program.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>The source's column that became <c>response</c>, or <c>response</c>.</summary>
    public required string ResponseColumn { get; init; }

    /// <summary>Responses of at least this became 1 and all others 0; none where they are as in the source.</summary>
    public double? Threshold { get; init; }

    /// <summary>Interactions.</summary>
    public required long Rows { get; init; }

    /// <summary>Distinct users among the interactions.</summary>
    public required int Users { get; init; }

    /// <summary>Distinct items among the interactions.</summary>
    public required int Items { get; init; }

    /// <summary>Rows of the table of users, at least <see cref="Users"/>; none where there is no such table.</summary>
    public int? UserRows { get; init; }

    /// <summary>Rows of the table of items, at least <see cref="Items"/>; none where there is no such table.</summary>
    public int? ItemRows { get; init; }

    public required double MeanResponse { get; init; }

    public required double LeastResponse { get; init; }

    public required double GreatestResponse { get; init; }

    /// <summary>Whether the interactions have a column <c>timestamp</c>.</summary>
    public required bool HasTimes { get; init; }

    /// <summary>Seconds since 1970; none where no time is known.</summary>
    public long? FirstTime { get; init; }

    /// <summary>Seconds since 1970; none where no time is known.</summary>
    public long? LastTime { get; init; }

    /// <summary>Rows whose time the source does not know; their <c>timestamp</c> is -1.</summary>
    public long RowsWithoutTime { get; init; }

    /// <summary>Bad rows that were passed over.</summary>
    public long SkippedRows { get; init; }

    /// <summary>The users with the most rows, most first, at most five.</summary>
    public IReadOnlyList<FrequentKey> FrequentUsers { get; init; } = [];

    /// <summary>The items with the most rows, most first, at most five.</summary>
    public IReadOnlyList<FrequentKey> FrequentItems { get; init; } = [];

    /// <summary>What whoever uses the data should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>A user or an item and how many rows it has.</summary>
public sealed record FrequentKey(long Key, long Rows);
