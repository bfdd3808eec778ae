using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Experiments.Evaluation;

/// <summary>Evaluates an agent on every user once, as of the environment's current round. Neither learns nor remembers anything.</summary>
public static class Evaluator
{
    /// <summary>The seed of evaluation <paramref name="index"/> of a run: never one that training draws from.</summary>
    public static long SeedOf(long runSeed, long index = 0) => RandomStream.DeriveSeed(runSeed, "evaluation", index);

    /// <summary>What agents key their draws with in an evaluation round without sessions.</summary>
    internal static long DrawKeyOf(long seed) => RandomStream.DeriveSeed(seed, "agent draws");

    /// <summary>Where the environment has sessions, every user's session is played from beginning to end; else every user sees one slate.</summary>
    /// <param name="truth">The environment's. An agent that is a bound is shown the truth of the sessions meanwhile, and this one again afterwards.</param>
    /// <param name="seed">Seed of the evaluation's coins and of the agent's draws.</param>
    /// <param name="bounds">Bounds of this evaluation where the caller has them already.</param>
    public static EvaluationResult Evaluate(
        IEnvironment environment, ITruth truth, IAgent agent, RecommendationMode mode, long seed, Bounds? bounds = null)
    {
        var spec = environment.Spec;
        using var gradients = no_grad();
        if (spec.HasEpisodes)
            return EvaluateSessions(environment, truth, agent, mode, seed, bounds);
        using var scope = NewDisposeScope();
        using var everyone = environment.ObserveAll(DrawKeyOf(seed));
        var responses = zeros([], ScalarType.Float64, spec.Device);
        var expected = zeros([], ScalarType.Float64, spec.Device);
        foreach (var (start, count) in UserParts.Of(everyone.UserCount, spec.ItemCount))
        {
            using var part = NewDisposeScope();
            var users = everyone.Slice(start, count);
            var slates = agent.Recommend(users, mode);
            responses.add_(environment.Respond(users, slates, seed).sum(ScalarType.Float64));
            expected.add_(truth.ExpectedResponses(users.UserIds, slates, users.Iteration).sum(ScalarType.Float64));
        }
        return new EvaluationResult(
            environment.Iteration, spec.Users.Count, spec.SlateSize,
            responses.item<double>() / spec.Users.Count, expected.item<double>() / spec.Users.Count,
            bounds ?? Bounds.Of(environment, truth, environment.Iteration, seed));
    }

    private static EvaluationResult EvaluateSessions(
        IEnvironment environment, ITruth truth, IAgent agent, RecommendationMode mode, long seed, Bounds? bounds)
    {
        IEnvironment? revealed = null;
        try
        {
            var play = SessionPlay.Run(environment, seed, (sessions, users) =>
            {
                if (agent is INeedsTruth bound && revealed != sessions)
                    bound.Reveal((ITruth)(revealed = sessions));
                return agent.Recommend(users, mode);
            });
            return new EvaluationResult(
                environment.Iteration, environment.Spec.Users.Count, environment.Spec.SlateSize, play.Responses, play.Expected,
                bounds ?? Bounds.Of(environment, truth, environment.Iteration, seed))
            { Rounds = play.Rounds };
        }
        finally
        {
            if (revealed is not null)
                ((INeedsTruth)agent).Reveal(truth);
        }
    }
}
