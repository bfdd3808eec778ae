using System.Diagnostics;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Evaluation;
using static TorchSharp.torch;

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

    /// <summary>Whether to work out what the oracle would have had from the users of each round, which takes users × items operations; where
    /// not, it is not a number, and neither is regret.</summary>
    public bool MeasureOracle { get; init; } = true;

    /// <summary>Called after each step with what happened, before the agent learns of it, on the run's own thread; also for a round without
    /// users, of which the agent is not told. The feedback is borrowed.
    /// Interaction logs are written from here. What it throws ends the run.</summary>
    public Action<Feedback>? Responded { get; init; }

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
        var environment = pair.Environment;
        // What cannot change is computed once for all evaluations on the way.
        var seed = Evaluator.SeedOf(pair.Plan.Seed);
        var bounds = EvaluateEvery > 0 && (environment.Spec.HasEpisodes || (pair.Truth.IsStationary && !Bounds.DependOnSeed(environment)))
            ? Bounds.Of(environment, pair.Truth, environment.Iteration, seed) : null;
        while (environment.Iteration < pair.Iterations && !cancellation.IsCancellationRequested)
        {
            InIteration(environment.Iteration + 1, () =>
            {
                recorder.Completed(Round());
                if (EvaluateEvery > 0 && environment.Iteration % EvaluateEvery == 0 && environment.Iteration < pair.Iterations)
                {
                    recorder.Evaluated(Evaluator.Evaluate(
                        environment, pair.Truth, pair.Agent, RecommendationMode.Exploit, seed, bounds));
                }
                if (CheckpointEvery > 0 && environment.Iteration % CheckpointEvery == 0)
                    WriteCheckpoint();
            });
        }
        InIteration(environment.Iteration, WriteCheckpoint);
        return environment.Iteration >= pair.Iterations;
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

    private IterationRecord Round()
    {
        var environment = pair.Environment;
        var spec = environment.Spec;
        var watch = Stopwatch.StartNew();
        using var scope = NewDisposeScope();
        using var observation = environment.Observe();
        var users = observation.UserCount;
        if (users == 0)
        {
            // An agent is never asked about nobody; the round passes.
            using var nobody = empty([0, spec.SlateSize], ScalarType.Int64, spec.Device);
            using var nothing = environment.Step(nobody);
            Responded?.Invoke(nothing);
            pair.Learn(nothing);
            return new IterationRecord(environment.Iteration, 0, double.NaN, double.NaN, double.NaN, watch.Elapsed.TotalSeconds, new Dictionary<string, double>(), Totals);
        }
        if (observation.UserFeatures is { } features)
            Guard.Finite(features, "user features");
        Tensor slates;
        using (no_grad())
            slates = pair.Agent.Recommend(observation, RecommendationMode.Explore);
        watch.Stop();
        // Before the step: the expectation is of the users as they are when they see the slate.
        var (expected, oracle) = Expectations(observation, slates);
        watch.Start();
        using var feedback = environment.Step(slates);
        // Before anybody hears of it: a log or an agent would keep a response that is no number.
        var (responses, ended) = Outcome(feedback);
        Responded?.Invoke(feedback);
        pair.Learn(feedback);
        var seconds = watch.Elapsed.TotalSeconds;
        Totals = Totals with
        {
            Rounds = Totals.Rounds + 1,
            Users = Totals.Users + users,
            Responses = Totals.Responses + responses,
            Expected = Totals.Expected + expected,
            Oracle = Totals.Oracle + oracle,
            Seconds = Totals.Seconds + seconds,
            Sessions = Totals.Sessions + ended,
        };
        return new IterationRecord(environment.Iteration, users, responses / users, expected / users, oracle / users, seconds, Diagnostics(), Totals);
    }

    private IReadOnlyDictionary<string, double> Diagnostics()
    {
        var figures = pair.Agent.Diagnose();
        foreach (var (name, value) in figures)
        {
            if (!double.IsFinite(value))
                throw new ArithmeticException($"{pair.Plan.Agent}: the figure {name} was {value}.");
        }
        return figures;
    }

    /// <summary>What the slates, and the best slates of this round alone, can be expected to bring.</summary>
    private (double Expected, double Oracle) Expectations(Observation observation, Tensor slates)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var spec = pair.Environment.Spec;
        var oracle = full([], MeasureOracle ? 0 : double.NaN, ScalarType.Float64, spec.Device);
        if (MeasureOracle)
        {
            foreach (var (start, count) in UserParts.Of(observation.UserCount, spec.ItemCount))
            {
                using var part = NewDisposeScope();
                oracle.add_(Bounds.OracleByUser(spec, pair.Truth, observation.Slice(start, count)).sum());
            }
        }
        var expected = zeros([], ScalarType.Float64, spec.Device);
        foreach (var (start, count) in UserSlices.Of(observation.UserCount, spec.SlateSize, spec.Device))
        {
            using var slice = NewDisposeScope();
            var shown = pair.Truth.ExpectedResponses(observation.UserIds.narrow(0, start, count), slates.narrow(0, start, count), observation.Iteration);
            expected.add_(shown.sum(ScalarType.Float64));
        }
        var sums = stack([expected, oracle]).cpu().data<double>().ToArray();
        return (sums[0], sums[1]);
    }

    private static (double Responses, long SessionsEnded) Outcome(Feedback feedback)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var ended = feedback.Terminated.logical_or(feedback.Truncated).sum(ScalarType.Float64);
        var sums = stack([feedback.Responses.sum(ScalarType.Float64), ended, feedback.Reward.sum(ScalarType.Float64)]).cpu().data<double>().ToArray();
        if (!double.IsFinite(sums[0]))
            throw new ArithmeticException("responses holds NaN or an infinity.");
        if (!double.IsFinite(sums[2]))
            throw new ArithmeticException("reward holds NaN or an infinity.");
        return (sums[0], (long)sums[1]);
    }

    private void WriteCheckpoint()
    {
        if (runFolder is null || (_checkpointAt == pair.Environment.Iteration && CheckpointStore.All(runFolder).Count > 0))
            return;
        recorder.CheckpointWritten(CheckpointStore.Write(runFolder, pair, Totals, companions: Companions?.Invoke()));
        _checkpointAt = pair.Environment.Iteration;
    }
}
