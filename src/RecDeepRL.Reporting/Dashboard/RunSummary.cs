namespace RecDeepRL.Reporting.Dashboard;

/// <summary>One line of the list of runs.</summary>
/// <param name="Name">Path below the folder that is served; unique.</param>
/// <param name="State">One of <see cref="RunState"/>.</param>
/// <param name="Iteration">Rounds completed.</param>
/// <param name="Iterations">Rounds asked for in all; none where that is not known.</param>
/// <param name="Changed">When a figure was last written, in milliseconds since 1970.</param>
/// <param name="Revision">Differs whenever figures were added.</param>
/// <param name="Responses">Responses per user of the newest round.</param>
/// <param name="Expected">Of the newest evaluation, the expected responses per user; likewise the next two.</param>
/// <param name="Machine">Where the process runs that is at work on it; none where none is.</param>
/// <param name="Process">Its number there.</param>
/// <param name="IsHere">Whether that is this machine.</param>
internal sealed record RunSummary(
    string Name, string Kind, string Agent, string Environment, long? Seed, string State, long Iteration, long? Iterations, long Changed, string Revision,
    double? Responses, double? Expected, double? Regret, double? GapClosed, string? Machine, int? Process, bool IsHere);

/// <summary>What became of a run.</summary>
internal static class RunState
{
    /// <summary>A process is at work on it.</summary>
    public const string Running = "running";

    /// <summary>All rounds done, and evaluated.</summary>
    public const string Finished = "finished";

    /// <summary>Ended before; it can go on.</summary>
    public const string Stopped = "stopped";

    /// <summary>The log of a simulation that nobody is writing to; how long it was meant to be is not kept.</summary>
    public const string Logged = "log";
}
