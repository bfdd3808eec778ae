using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Experiments.Evaluation;

/// <summary>Evaluates an agent on every user once, as of the environment's current round. Neither learns nor remembers anything.</summary>
public static class Evaluator
{
    /// <summary>The seed of evaluation <paramref name="index"/> of a run: never one that training draws from.</summary>
    public static long SeedOf(long runSeed, long index = 0) => RandomStream.DeriveSeed(runSeed, "evaluation", index);

    /// <param name="seed">Seed of the evaluation's coins and of the agent's draws.</param>
    /// <param name="bounds">Bounds at this iteration where the caller has them already.</param>
    public static EvaluationResult Evaluate(
        IEnvironment environment, ITruth truth, IAgent agent, RecommendationMode mode, long seed, Bounds? bounds = null)
    {
        var spec = environment.Spec;
        using var pause = FinalizationPause.Begin();
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        using var everyone = environment.ObserveAll(RandomStream.DeriveSeed(seed, "agent draws"));
        var responses = zeros([], ScalarType.Float64, spec.Device);
        var expected = zeros([], ScalarType.Float64, spec.Device);
        foreach (var (start, count) in UserParts.Of(everyone.UserCount, spec.ItemCount))
        {
            using var part = NewDisposeScope();
            var users = everyone.Slice(start, count);
            var slates = agent.Recommend(users, mode);
            responses.add_(environment.Respond(users, slates, seed).sum(ScalarType.Float64));
            expected.add_(truth.ExpectedResponses(users.UserIds, slates, users.Iteration).sum(ScalarType.Float64));
            FinalizationPause.Breathe();
        }
        return new EvaluationResult(
            environment.Iteration, spec.UserCount, spec.SlateSize,
            responses.item<double>() / spec.UserCount, expected.item<double>() / spec.UserCount,
            bounds ?? Bounds.Of(environment, truth, environment.Iteration));
    }
}
