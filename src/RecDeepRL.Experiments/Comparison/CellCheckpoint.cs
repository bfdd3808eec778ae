using RecDeepRL.Core;
using RecDeepRL.Core.State;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Training;

namespace RecDeepRL.Experiments.Comparison;

/// <summary>A cell in its midst: what it takes to carry the rest of it out elsewhere, to the same result.</summary>
/// <param name="Totals">Of the rounds so far.</param>
/// <param name="Rounds">Those so far.</param>
/// <param name="Diagnostics">By name; one value per round, not a number where the agent said nothing.</param>
/// <param name="WallSeconds">That it has taken so far.</param>
/// <param name="State">Of environment and agent.</param>
public sealed record CellCheckpoint(
    TrainingTotals Totals, IReadOnlyList<ComparisonRound> Rounds, IReadOnlyDictionary<string, IReadOnlyList<double>> Diagnostics, double WallSeconds, SavedState State) : IDisposable
{
    private const string AgentPrefix = "agent";
    private const string EnvironmentPrefix = "environment";

    /// <summary>Rounds completed.</summary>
    public long Iteration => Rounds.Count == 0 ? 0 : Rounds[^1].Iteration;

    public void Dispose() => State.Dispose();

    /// <summary>Of a pair between two rounds. The caller disposes.</summary>
    internal static CellCheckpoint Of(RunPair pair, TrainingTotals totals, RoundRecorder recorder, double wallSeconds)
    {
        var state = new SavedState("the checkpoint of a run");
        pair.Environment.Save(((IStateWriter)state).Under(EnvironmentPrefix));
        pair.Agent.Save(((IStateWriter)state).Under(AgentPrefix));
        return new CellCheckpoint(totals, recorder.Rounds, recorder.Diagnostics, wallSeconds, state);
    }

    /// <summary>Takes a fresh pair to where this is.</summary>
    /// <exception cref="UserMistakeException">The state is not that of such a pair.</exception>
    internal void Restore(RunPair pair)
    {
        pair.Environment.Load(((IStateReader)State).Under(EnvironmentPrefix));
        pair.Agent.Load(((IStateReader)State).Under(AgentPrefix));
        if (pair.Environment.Iteration != Iteration)
            throw new UserMistakeException($"The checkpoint of a run is damaged: it tells of {Iteration} rounds, its environment of {pair.Environment.Iteration}.");
    }
}
