using RecDeepRL.Core;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Evaluation;

namespace RecDeepRL.Experiments.Training;

/// <summary>The loop that all agents and environments go through: observe, recommend, respond, learn.</summary>
/// <param name="pair">Environment and agent, fresh or restored.</param>
/// <param name="recorder">Is told of every round.</param>
/// <param name="runFolder">Where checkpoints go; none for a run that keeps nothing.</param>
public sealed class TrainingLoop(RunPair pair, IRunRecorder recorder, string? runFolder = null)
{
    private long _checkpointAt = pair.Environment.Iteration;

    /// <summary>Rounds between evaluations in exploit mode; 0 for none but the caller's own.</summary>
    public int EvaluateEvery { get; init; }

    /// <summary>Rounds between checkpoints; 0 for one at the end only.</summary>
    public int CheckpointEvery { get; init; }

    /// <inheritdoc cref="RoundPlayer.MeasureOracle"/>
    public bool MeasureOracle { get; init; } = true;

    /// <inheritdoc cref="RoundPlayer.Responded"/>
    public Action<Feedback>? Responded { get; init; }

    /// <summary>Who plays the rounds; none for this process. Those who are given play them as they were told, and <see cref="MeasureOracle"/> and
    /// <see cref="Responded"/> are of no effect.</summary>
    public IRounds? Rounds { get; init; }

    /// <summary>Asked for texts to be written along with each checkpoint, by the name of their file.</summary>
    public Func<IReadOnlyDictionary<string, string>>? Companions { get; init; }

    /// <summary>What earlier parts of the same run summed up.</summary>
    public TrainingTotals Totals { get; private set; } = TrainingTotals.None;

    /// <summary>Goes on from what a checkpoint had summed up.</summary>
    public void ContinueFrom(TrainingTotals totals) => Totals = totals;

    /// <summary>Runs to the plan's last round, or until cancelled; either way a checkpoint holds the last completed round.</summary>
    /// <returns>False where it was cancelled before the end.</returns>
    /// <exception cref="NotFiniteException">A feature, a response, a figure, or what the agent learned is NaN or infinite. The round is not recorded, and the newest checkpoint is from before.</exception>
    public bool Run(CancellationToken cancellation)
    {
        var rounds = Rounds ?? new LocalRounds(pair) { MeasureOracle = MeasureOracle, Responded = Responded };
        // What cannot change is computed once for all evaluations on the way.
        var seed = Evaluator.SeedOf(pair.Plan.Seed);
        var bounds = EvaluateEvery > 0 && (pair.Environment.Spec.HasEpisodes || (pair.Truth.IsStationary && !Bounds.DependOnSeed(pair.Environment)))
            ? rounds.Bounds(seed) : null;
        while (true)
        {
            // Whoever is called off completes what is begun, and begins nothing.
            var end = cancellation.IsCancellationRequested ? rounds.Begun : pair.Iterations;
            if (rounds.Iteration >= end)
                break;
            InIteration(rounds.Iteration + 1, () =>
            {
                recorder.Completed(Round(rounds, end));
                if (EvaluateEvery > 0 && rounds.Iteration % EvaluateEvery == 0 && rounds.Iteration < pair.Iterations)
                    recorder.Evaluated(rounds.Evaluate(RecommendationMode.Exploit, seed, bounds));
                if (CheckpointEvery > 0 && rounds.Iteration % CheckpointEvery == 0)
                    WriteCheckpoint();
            });
        }
        InIteration(rounds.Iteration, WriteCheckpoint);
        return rounds.Iteration >= pair.Iterations;
    }

    /// <summary>Says of a number that is none where it was met.</summary>
    private static void InIteration(long iteration, Action action)
    {
        try
        {
            action();
        }
        catch (Exception fault) when (NotFiniteException.IsMeantBy(fault))
        {
            throw new NotFiniteException(iteration, fault);
        }
    }

    private IterationRecord Round(IRounds rounds, long end)
    {
        var round = rounds.Play(NextStop(rounds.Iteration, end));
        Totals = Totals with
        {
            Rounds = Totals.Rounds + (round.Users > 0 ? 1 : 0),
            Users = Totals.Users + round.Users,
            Responses = Totals.Responses + round.Responses,
            Expected = Totals.Expected + round.Expected,
            Oracle = Totals.Oracle + round.Oracle,
            Seconds = Totals.Seconds + (round.Users > 0 ? round.Seconds : 0),
            Sessions = Totals.Sessions + round.SessionsEnded,
        };
        // Of a round without users there is nothing to say, and the agent was not told of it. Means over nobody are not numbers.
        var diagnostics = round.Users > 0 ? Diagnostics(round) : new Dictionary<string, double>();
        return new IterationRecord(
            rounds.Iteration, round.Users, round.Responses / round.Users, round.Expected / round.Users, round.Oracle / round.Users, round.Seconds, diagnostics, Totals);
    }

    /// <summary>Rounds completed when an evaluation, a checkpoint or the end follows.</summary>
    private long NextStop(long iteration, long end)
    {
        var next = end;
        foreach (var every in new[] { EvaluateEvery, CheckpointEvery }.Where(every => every > 0))
            next = Math.Min(next, ((iteration / every) + 1) * every);
        return next;
    }

    private IReadOnlyDictionary<string, double> Diagnostics(RoundFigures round)
    {
        var figures = pair.Agent.Diagnose();
        foreach (var (name, value) in figures)
        {
            if (!double.IsFinite(value))
                throw new ArithmeticException($"{pair.Plan.Agent}: the figure {name} was {value}.");
        }
        return round.Diagnostics.Count == 0 ? figures : figures.Concat(round.Diagnostics).ToDictionary(StringComparer.Ordinal);
    }

    private void WriteCheckpoint()
    {
        if (runFolder is null || (_checkpointAt == pair.Environment.Iteration && CheckpointStore.All(runFolder).Count > 0))
            return;
        recorder.CheckpointWritten(CheckpointStore.Write(runFolder, pair, Totals, companions: Companions?.Invoke()));
        _checkpointAt = pair.Environment.Iteration;
    }
}
