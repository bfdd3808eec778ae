using System.Text.Json.Serialization;

namespace RecDeepRL.Experiments.Insight;

/// <summary>What an agent did and thought in one run, as <c>insight.json</c> keeps it: its schema is this record, in camel case. Numbers that are
/// none are null. U users, N items, T tracked items, S snapshots.</summary>
public sealed record RunInsight
{
    /// <summary>The format that this program writes, and the newest that it reads.</summary>
    public const int CurrentFormat = 1;

    public int Format { get; init; } = CurrentFormat;

    public required string Agent { get; init; }

    public required string Environment { get; init; }

    public required long Seed { get; init; }

    /// <summary>U.</summary>
    public required int UserCount { get; init; }

    /// <summary>N.</summary>
    public required int ItemCount { get; init; }

    /// <summary>K.</summary>
    public required int SlateSize { get; init; }

    /// <summary>Rounds that a snapshot sums up.</summary>
    public required int Every { get; init; }

    /// <summary>Rounds that had passed before the first one looked at: 0, unless a run goes on from a log or from a checkpoint without insight.</summary>
    public required long FromIteration { get; init; }

    /// <summary><c>response</c> where the agent's estimates are of responses, so that the truth can be set against them; <c>score</c> where they
    /// are in a unit of its own; none where it estimates nothing.</summary>
    public string? EstimateKind { get; init; }

    /// <summary>[T] the items followed one by one: all where there are at most <see cref="TrackedItems.MostItems"/>, else the half of that
    /// number of highest expected response at the beginning, and as many spread evenly over the rest.</summary>
    public required IReadOnlyList<InsightItem> Items { get; init; }

    /// <summary>[S] in order.</summary>
    public required IReadOnlyList<InsightSnapshot> Snapshots { get; init; }

    /// <summary>[N] how often each item was shown while training, by item id.</summary>
    public required IReadOnlyList<long> Shown { get; init; }

    /// <summary>Responses by groups of users; each grouping divides all users.</summary>
    public required IReadOnlyList<SegmentGrouping> Groupings { get; init; }

    /// <summary>None where there are no sessions.</summary>
    public SessionInsight? Sessions { get; init; }

    /// <summary>What exploit mode shows all users once after the last round; none before.</summary>
    public FinalInsight? Final { get; init; }

    /// <summary>Learned weights by item and feature as of the last round; none where the agent has no such thing.</summary>
    public WeightInsight? Weights { get; init; }

    /// <summary>The agent's item vectors in two dimensions as of the last round; none where the agent has none.</summary>
    public ItemPlane? Embeddings { get; init; }

    /// <summary>Rounds since the last snapshot, which a run that goes on from a checkpoint takes up; none in the insight of a finished run.</summary>
    public PendingInsight? Pending { get; init; }

    /// <summary>The shares of all items over the whole run.</summary>
    [JsonIgnore]
    public Concentration Overall => Concentration.Of(Shown, Snapshots.Sum(snapshot => snapshot.Users) + (Pending?.Users ?? 0));

    /// <summary>[T] the expected responses that the estimates of a snapshot stand against; none where nothing was estimated up to it.</summary>
    public IReadOnlyList<double?>? TruthOf(int snapshot) =>
        Snapshots[snapshot].Estimates is null ? null : Snapshots.Take(snapshot + 1).LastOrDefault(one => one.Truth is not null)?.Truth;
}

/// <summary>An item that is followed.</summary>
/// <param name="Id">From 0 to N − 1.</param>
/// <param name="Key">Its name in the source data.</param>
/// <param name="Expected">Its expected response over the users sampled, before the first round.</param>
/// <param name="Title">For people; none where the source has none.</param>
/// <param name="Labels">What the source says of it, such as its genre, by name.</param>
public sealed record InsightItem(int Id, long Key, double? Expected, string? Title, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>What to call it in a table: its title, else its key.</summary>
    [JsonIgnore]
    public string Name => Title is { Length: > 0 } ? Title : Key.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Some rounds in a row, and what the agent thought after the last of them.</summary>
public sealed record InsightSnapshot
{
    /// <summary>Rounds completed at its end.</summary>
    public required long Iteration { get; init; }

    /// <summary>Rounds that it sums up.</summary>
    public required int Rounds { get; init; }

    /// <summary>Slates shown in them.</summary>
    public required long Users { get; init; }

    /// <summary>Over all N items; none where nothing was shown.</summary>
    public Concentration? Concentration { get; init; }

    /// <summary>[T] how often each tracked item was shown.</summary>
    public required IReadOnlyList<long> Shown { get; init; }

    /// <summary>[T] the agent's estimates, means over the users sampled; none where it estimates nothing.</summary>
    public IReadOnlyList<double?>? Estimates { get; init; }

    /// <summary>[T] the expected responses of the same users; left out where they are those of the snapshot before (<see cref="RunInsight.TruthOf"/>).</summary>
    public IReadOnlyList<double?>? Truth { get; init; }

    /// <summary>How far the estimates are from the truth; none where nothing is estimated.</summary>
    public EstimateError? Error { get; init; }

    /// <summary>What the agent said of itself after the last of the rounds (losses, Q-values and the like), by name.</summary>
    public IReadOnlyDictionary<string, double?> Diagnostics { get; init; } = new Dictionary<string, double?>();

    /// <summary>How users were after the last of the rounds, means by name, such as <c>satiation</c> and <c>patience</c>; empty where users stay as they are.</summary>
    public IReadOnlyDictionary<string, double?> UserFigures { get; init; } = new Dictionary<string, double?>();

    /// <summary>Sessions that ended in the rounds.</summary>
    public long SessionsEnded { get; init; }

    /// <summary>Mean rounds of these sessions; none where none ended.</summary>
    public double? SessionRounds { get; init; }
}

/// <summary>How far an agent's estimates are from the truth, over the pairs of sampled users and all items that it has estimates of.</summary>
/// <param name="Pairs">Root of the mean squared error of a pair; none for scores of another unit.</param>
/// <param name="Items">Mean absolute error of an item's mean over the users; none for scores of another unit.</param>
/// <param name="RankCorrelation">Spearman's, between items' mean estimates and mean truth; none where either is constant.</param>
public sealed record EstimateError(double? Pairs, double? Items, double? RankCorrelation);

/// <summary>Sessions of the whole run.</summary>
/// <param name="Lengths">How many sessions ended after each number of rounds, from 0 to the limit.</param>
/// <param name="Reasons">How many ended for each reason; whoever had several reasons to leave counts for each.</param>
public sealed record SessionInsight(IReadOnlyList<long> Lengths, IReadOnlyDictionary<string, long> Reasons);

/// <summary>One slate for every user in exploit mode.</summary>
/// <param name="Concentration">Over all N items.</param>
/// <param name="Shown">[T] how often each tracked item was shown.</param>
/// <param name="Expected">Expected responses per user.</param>
/// <param name="Oracle">The same of each user's best slate.</param>
public sealed record FinalInsight(Concentration Concentration, IReadOnlyList<long> Shown, double Expected, double Oracle);

/// <summary>Weights of linear agents.</summary>
/// <param name="Scale">What the weighted sum is: <c>response</c> or <c>log-odds</c>.</param>
/// <param name="Features">Names of the columns.</param>
/// <param name="Items">Places in <see cref="RunInsight.Items"/> of the rows: the items most often shown, at most <see cref="InsightCollector.MostWeightRows"/>.</param>
/// <param name="Values">By row and column.</param>
public sealed record WeightInsight(string Scale, IReadOnlyList<string> Features, IReadOnlyList<int> Items, IReadOnlyList<IReadOnlyList<double?>> Values);

/// <summary>A window that is not full yet.</summary>
/// <param name="Rounds">Rounds in it.</param>
/// <param name="Users">Slates in it.</param>
/// <param name="Shown">[N] how often each item was shown in it.</param>
/// <param name="SessionsEnded">Sessions that ended in it.</param>
/// <param name="SessionRounds">Rounds of these sessions, summed.</param>
public sealed record PendingInsight(int Rounds, long Users, IReadOnlyList<long> Shown, long SessionsEnded, long SessionRounds);
