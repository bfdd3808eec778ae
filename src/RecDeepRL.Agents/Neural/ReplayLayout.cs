using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Which columns the rows of a <see cref="ReplayBuffer"/> have, what a round is in them, and an observation out of them.</summary>
/// <remarks>Ids are kept as int32.</remarks>
/// <param name="keepsNext">Whether the next observation is kept.</param>
/// <param name="keepsTrajectories">Whether rows are chained by their users.</param>
/// <param name="keepsPriorities">Whether rows are drawn by priority.</param>
/// <param name="keepsCompanion">Whether each slot has a number of the agent's own beside it.</param>
internal sealed class ReplayLayout(EnvironmentSpec spec, bool keepsNext, bool keepsTrajectories = false, bool keepsPriorities = false, bool keepsCompanion = false)
{
    /// <summary>What a name of a row is where there is no such row.</summary>
    public const long NoRow = -1;

    private const string State = "state";
    private const string Next = "next";

    /// <summary>Columns of rows' names.</summary>
    private static readonly HashSet<string> s_rowNames = ["before", "after"];

    public bool KeepsCompanion => keepsCompanion;

    /// <summary>Every column.</summary>
    public List<string> Names { get; } =
    [
        "items", "responses", "terminated",
        .. (keepsNext ? new[] { State, Next } : [State]).SelectMany(name => Parts(spec).Select(part => $"{name}.{part}")),
        .. keepsTrajectories ? (string[])["ended", "rewards", "iterations", "before", "after"] : [],
        .. keepsPriorities ? (string[])["priorities"] : [],
        .. keepsCompanion ? (string[])["companion"] : [],
    ];

    /// <summary>Whether a column holds names of rows, <see cref="NoRow"/> or from 0.</summary>
    public static bool IsOfRows(string column) => s_rowNames.Contains(column);

    /// <summary>The rows of a round, in the current dispose scope; their priorities are the caller's.</summary>
    /// <param name="companion">[B, K] float32, where it is kept.</param>
    public Dictionary<string, Tensor> Rows(Feedback feedback, Tensor? companion)
    {
        var rows = new Dictionary<string, Tensor>
        {
            ["items"] = feedback.Slates.to_type(ScalarType.Int32),
            ["responses"] = feedback.Responses,
            ["terminated"] = feedback.Terminated,
        };
        Add(rows, State, feedback.Observation);
        if (keepsNext)
            Add(rows, Next, feedback.NextObservation);
        var count = feedback.Slates.size(0);
        if (keepsTrajectories)
        {
            rows["ended"] = feedback.Terminated.logical_or(feedback.Truncated);
            rows["rewards"] = feedback.Reward;
            rows["iterations"] = full([count], feedback.Observation.Iteration, ScalarType.Int64, spec.Device);
            rows["before"] = full([count], NoRow, ScalarType.Int64, spec.Device);
            rows["after"] = full([count], NoRow, ScalarType.Int64, spec.Device);
        }
        if (keepsCompanion)
            rows["companion"] = companion ?? throw new ArgumentNullException(nameof(companion));
        return rows;
    }

    /// <summary>One row of nobody: user 0, shown item 0, did nothing. In the current dispose scope.</summary>
    /// <param name="like">Rows, of whatever number.</param>
    public static Dictionary<string, Tensor> Nobody(Dictionary<string, Tensor> like) => like.ToDictionary(
        column => column.Key, column => full([1, .. column.Value.shape[1..]], IsOfRows(column.Key) ? NoRow : 0, column.Value.dtype, column.Value.device));

    /// <summary>The observation before the slate.</summary>
    public Observation Before(ReplayColumns columns, Tensor places) => Selected(columns, State, places);

    /// <summary>The observation after it; none where it is not kept.</summary>
    public Observation? After(ReplayColumns columns, Tensor places) => keepsNext ? Selected(columns, Next, places) : null;

    /// <summary>Requires of rows that were read that they name users, items and each other as there are.</summary>
    /// <param name="count">Rows filled.</param>
    /// <param name="written">Rows ever written.</param>
    /// <exception cref="ArgumentException">They do not.</exception>
    public void RequireKnown(ReplayColumns columns, long count, long written)
    {
        foreach (var (name, values) in columns.All)
        {
            var (lowest, highest) = name.Split('.')[^1] switch
            {
                "items" => (0L, spec.ItemCount - 1L),
                "recentItems" => (-1L, spec.ItemCount - 1L),
                "userIds" => (0L, spec.UserCount - 1L),
                _ when IsOfRows(name) => (NoRow, written - 1),
                _ => (long.MinValue, long.MaxValue),
            };
            if (lowest > long.MinValue)
                Guard.Within(values.narrow(0, 0, count), $"'{name}' of the replay buffer", lowest, highest);
        }
    }

    private static IEnumerable<string> Parts(EnvironmentSpec spec) =>
        spec.UserFeatureCount > 0 ? ["userIds", "recentItems", "recentResponses", "userFeatures"] : ["userIds", "recentItems", "recentResponses"];

    private static void Add(Dictionary<string, Tensor> rows, string name, Observation observation)
    {
        rows[name + ".userIds"] = observation.UserIds.to_type(ScalarType.Int32);
        rows[name + ".recentItems"] = observation.RecentItems.to_type(ScalarType.Int32);
        rows[name + ".recentResponses"] = observation.RecentResponses;
        if (observation.UserFeatures is { } features)
            rows[name + ".userFeatures"] = features;
    }

    private Observation Selected(ReplayColumns columns, string name, Tensor places) => new()
    {
        UserIds = columns.Selected(name + ".userIds", places).to_type(ScalarType.Int64),
        RecentItems = columns.Selected(name + ".recentItems", places).to_type(ScalarType.Int64),
        RecentResponses = columns.Selected(name + ".recentResponses", places),
        UserFeatures = spec.UserFeatureCount > 0 ? columns.Selected(name + ".userFeatures", places) : null,
        Iteration = 0,
        DrawKey = 0,
    };
}
