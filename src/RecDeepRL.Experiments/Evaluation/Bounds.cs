using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Experiments.Evaluation;

/// <summary>What the truth allows, as expected responses per user, or per session where there are sessions: the frame in which a score is read.</summary>
/// <param name="Random">K items drawn uniformly from those that may be shown.</param>
/// <param name="BestFixed">The one list for everybody that is best over the environment's default number of iterations; where users may be shown
/// different items, each gets the best of the list that may be shown. With sessions, the list that is best at their beginning.</param>
/// <param name="Oracle">Each user's K best items. With sessions, the environment's planner: the best policy known, and a lower bound of what is possible.</param>
/// <param name="Myopic">With sessions only: each user's K best items of every round, whatever that does to the rounds after it.</param>
public sealed record Bounds(double Random, double BestFixed, double Oracle, double? Myopic = null)
{
    /// <summary>Share of the gap between random and oracle that a score closes: 0 at random, 1 at the oracle; not a number where there is no gap.</summary>
    public double GapClosed(double score) => (score - Random) / (Oracle - Random);

    /// <summary>Whether evaluations of different seeds have different bounds: with sessions, and where the items that may be shown are drawn.</summary>
    public static bool DependOnSeed(IEnvironment environment)
    {
        if (environment.Spec.HasEpisodes)
            return true;
        using var everyone = environment.ObserveAll(0);
        return everyone.EligibleItems is not null;
    }

    /// <summary>Over all users, as of one iteration. Memory is bounded by parts of the population.</summary>
    /// <param name="iteration">Of no effect with sessions, which are played from their beginning.</param>
    /// <param name="seed">Seed of the evaluation: sessions are played, and eligible items drawn, as in it.</param>
    public static Bounds Of(IEnvironment environment, ITruth truth, long iteration, long seed = 0)
    {
        using var scope = NewDisposeScope();
        return Of(environment, truth, iteration, seed, ItemSums(environment, truth, iteration, seed));
    }

    /// <summary>The same where the environment holds a part of the population only: means over its users.</summary>
    /// <param name="itemSums">[N] float64, <see cref="ItemSums(IEnvironment, ITruth, long, long)"/> added up over all parts. Borrowed.</param>
    public static Bounds Of(IEnvironment environment, ITruth truth, long iteration, long seed, Tensor itemSums)
    {
        using var gradients = no_grad();
        if (environment.Spec.HasEpisodes)
            return SessionBounds.Of(environment, seed, itemSums);
        var spec = environment.Spec;
        using var outer = NewDisposeScope();
        var fixedScores = itemSums.unsqueeze(0);
        using var everyone = environment.ObserveAll(Evaluator.DrawKeyOf(seed));
        var sums = zeros([3], ScalarType.Float64, spec.Device);
        foreach (var (start, count) in UserParts.Of(everyone.UserCount, spec.ItemCount))
        {
            using var part = NewDisposeScope();
            var users = everyone.Slice(start, count);
            var appeal = truth.ExpectedResponses(users.UserIds, iteration);
            sums.add_(stack([
                RandomValue(spec, truth, users, appeal, iteration, seed),
                Value(truth, users, ReferenceSlates.Best(fixedScores, users, spec.SlateSize), appeal, iteration).sum(),
                Value(truth, users, ReferenceSlates.Best(appeal, users, spec.SlateSize), appeal, iteration).sum(),
            ]));
        }
        var means = sums.div_(everyone.UserCount).cpu().data<double>().ToArray();
        return new Bounds(means[0], means[1], means[2]);
    }

    /// <summary>Each item's appeal, summed over the environment's users, and over the loop where the truth changes with time: the higher, the better in one list for everybody.
    /// With sessions it is users who change, not the iterations that differ; a session's beginning stands for all.</summary>
    /// <param name="iteration">The iteration that counts where it does not matter which.</param>
    /// <param name="seed">Of the evaluation.</param>
    /// <returns>[N] float64. The caller disposes.</returns>
    public static Tensor ItemSums(IEnvironment environment, ITruth truth, long iteration, long seed)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var spec = environment.Spec;
        if (!spec.HasEpisodes)
            return ItemSums(spec, truth, truth.IsStationary ? iteration : 0, truth.IsStationary ? 1 : Math.Max(spec.DefaultIterations, 1)).MoveToOuterDisposeScope();
        using var sessions = environment.BeginSessions(seed);
        return ItemSums(spec, (ITruth)sessions, sessions.Iteration, 1).MoveToOuterDisposeScope();
    }

    /// <summary>[B] float64: the expected responses to each user's best slate of this round alone.</summary>
    /// <param name="users">Of the environment's current round.</param>
    public static Tensor OracleByUser(EnvironmentSpec spec, ITruth truth, Observation users)
    {
        using var scope = NewDisposeScope();
        var appeal = truth.ExpectedResponses(users.UserIds, users.Iteration);
        return Value(truth, users, ReferenceSlates.Best(appeal, users, spec.SlateSize), appeal, users.Iteration).MoveToOuterDisposeScope();
    }

    private static Tensor ItemSums(EnvironmentSpec spec, ITruth truth, long first, int rounds)
    {
        var total = zeros([spec.ItemCount], ScalarType.Float64, spec.Device);
        for (var round = first; round < first + rounds; round++)
        {
            foreach (var (start, count) in UserParts.Of(spec.Users.Count, spec.ItemCount))
            {
                using var part = NewDisposeScope();
                var users = arange(spec.Users.First + start, spec.Users.First + start + count, ScalarType.Int64, spec.Device);
                total.add_(truth.ExpectedResponses(users, round).sum(0, type: ScalarType.Float64));
            }
        }
        return total;
    }

    /// <summary>[B] float64: the expected responses to slates.</summary>
    private static Tensor Value(ITruth truth, Observation users, Tensor slates, Tensor appeal, long iteration)
    {
        using var scope = NewDisposeScope();
        var expected = truth.SlotsAreIndependent ? appeal.gather(1, slates) : truth.ExpectedResponses(users.UserIds, slates, iteration);
        return expected.to_type(ScalarType.Float64).sum(1).MoveToOuterDisposeScope();
    }

    /// <summary>[] float64: the expected responses of these users to random slates; exactly where slots are independent, else by drawing one slate each.</summary>
    private static Tensor RandomValue(EnvironmentSpec spec, ITruth truth, Observation users, Tensor appeal, long iteration, long seed)
    {
        using var scope = NewDisposeScope();
        if (!truth.SlotsAreIndependent)
            return Value(truth, users, ReferenceSlates.Random(users, spec.ItemCount, spec.SlateSize, seed), appeal, iteration).sum().MoveToOuterDisposeScope();
        if (users.EligibleItems is not { } eligible)
            return appeal.sum(ScalarType.Float64).mul_((double)spec.SlateSize / spec.ItemCount).MoveToOuterDisposeScope();
        var means = appeal.mul(eligible).sum(1, type: ScalarType.Float64).div_(eligible.sum(1, type: ScalarType.Float64));
        return means.sum().mul_(spec.SlateSize).MoveToOuterDisposeScope();
    }
}
