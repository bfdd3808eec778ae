using RecDeepRL.Core;
using RecDeepRL.Experiments.Insight;

namespace RecDeepRL.Experiments.Comparison;

/// <summary>Who carries out the runs of a comparison: threads of this process (<see cref="LocalCells"/>), or others.</summary>
public interface ICellPool : IDisposable
{
    /// <summary>The most cells that are carried out at once, at least 1. As many threads of the caller wait for them.</summary>
    int Width { get; }

    /// <summary>A place for one cell after the other, used by one thread. The caller disposes.</summary>
    ICellPlace Open();
}

/// <summary>Carries out one cell after the other.</summary>
public interface ICellPlace : IDisposable
{
    /// <returns>The finished cell; none where it was cancelled before its end.</returns>
    /// <exception cref="UserMistakeException">The cell's plan cannot be carried out, or nobody is there to carry it out: no other cell need be tried.
    /// Any other exception is this cell's failure, and says nothing about others.</exception>
    ComparisonCell? Run(CellOrder order, CancellationToken cancellation);
}

/// <summary>A cell to carry out, and what is wanted of it meanwhile.</summary>
/// <param name="Plan">Resolved.</param>
public sealed record CellOrder(RunPlan Plan)
{
    /// <summary>Called when the cell begins and then now and again, at most after each round, with the rounds completed and those of the whole cell.
    /// A cell whose place was lost goes back to its newest checkpoint, or to 0.</summary>
    public Action<long, long>? Progressed { get; init; }

    /// <summary>Given, the cell is looked into, and what was seen handed over at its end.</summary>
    public Action<RunInsight>? LookedInto { get; init; }

    /// <summary>Rounds that a snapshot of the insight sums up; none for as many as make a hundred of the run.</summary>
    public int? InsightEvery { get; init; }

    /// <summary>Where the cell is to go on from; none for its beginning. A cell that is looked into begins at its beginning. Borrowed.</summary>
    public CellCheckpoint? From { get; init; }

    /// <summary>Given, called between rounds with what it takes to go on elsewhere, which is borrowed; not while the cell is looked into.</summary>
    public Action<CellCheckpoint>? Checkpointed { get; init; }

    /// <summary>Time between two calls of <see cref="Checkpointed"/> at least; none for every round.</summary>
    public TimeSpan CheckpointEvery { get; init; }
}
