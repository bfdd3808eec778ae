using System.Diagnostics;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Evaluation;
using static TorchSharp.torch;

namespace RecDeepRL.Experiments.Training;

/// <summary>Plays rounds with the users that an environment holds: observe, recommend, respond, and whatever learning is.</summary>
/// <param name="truth">The environment's.</param>
public sealed class RoundPlayer(IEnvironment environment, ITruth truth, IAgent agent)
{
    /// <summary>Whether to work out what the oracle would have had from the users of each round, which takes users × items operations; where
    /// not, it is not a number, and neither is regret.</summary>
    public bool MeasureOracle { get; set; } = true;

    /// <summary>Called after each step with what happened, before the agent learns of it, on the run's own thread; also for a round without
    /// users, of which the agent is not told. The feedback is borrowed.
    /// Interaction logs are written from here. What it throws ends the run.</summary>
    public Action<Feedback>? Responded { get; set; }

    /// <param name="learn">Called once in every round, after <see cref="Responded"/>. The feedback is borrowed.</param>
    /// <exception cref="ArithmeticException">A feature or a response is NaN or infinite.</exception>
    public RoundFigures Play(Action<Feedback> learn)
    {
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
            learn(nothing);
            return new RoundFigures(0, 0, 0, 0, 0, watch.Elapsed.TotalSeconds);
        }
        if (observation.UserFeatures is { } features)
            Guard.Finite(features, "user features");
        Tensor slates;
        using (no_grad())
            slates = agent.Recommend(observation, RecommendationMode.Explore);
        watch.Stop();
        // Before the step: the expectation is of the users as they are when they see the slate.
        var (expected, oracle) = Expectations(observation, slates);
        watch.Start();
        using var feedback = environment.Step(slates);
        // Before anybody hears of it: a log or an agent would keep a response that is no number.
        var (responses, ended) = Outcome(feedback);
        Responded?.Invoke(feedback);
        learn(feedback);
        return new RoundFigures(users, responses, expected, oracle, ended, watch.Elapsed.TotalSeconds);
    }

    /// <summary>What the slates, and the best slates of this round alone, can be expected to bring.</summary>
    private (double Expected, double Oracle) Expectations(Observation observation, Tensor slates)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var spec = environment.Spec;
        var oracle = full([], MeasureOracle ? 0 : double.NaN, ScalarType.Float64, spec.Device);
        if (MeasureOracle)
        {
            foreach (var (start, count) in UserParts.Of(observation.UserCount, spec.ItemCount))
            {
                using var part = NewDisposeScope();
                oracle.add_(Bounds.OracleByUser(spec, truth, observation.Slice(start, count)).sum());
            }
        }
        var expected = zeros([], ScalarType.Float64, spec.Device);
        foreach (var (start, count) in UserSlices.Of(observation.UserCount, spec.SlateSize, spec.Device))
        {
            using var slice = NewDisposeScope();
            var shown = truth.ExpectedResponses(observation.UserIds.narrow(0, start, count), slates.narrow(0, start, count), observation.Iteration);
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
}
