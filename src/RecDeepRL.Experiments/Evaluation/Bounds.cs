using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Experiments.Evaluation;

/// <summary>What the truth allows, as expected responses per user: the frame in which a score is read.</summary>
/// <param name="Random">K items drawn uniformly.</param>
/// <param name="BestFixed">The one list for everybody that is best over the environment's default number of iterations.</param>
/// <param name="Oracle">Each user's K best items.</param>
public sealed record Bounds(double Random, double BestFixed, double Oracle)
{
    /// <summary>Share of the gap between random and oracle that a score closes: 0 at random, 1 at the oracle; not a number where there is no gap.</summary>
    public double GapClosed(double score) => (score - Random) / (Oracle - Random);

    /// <summary>Over all users, as of one iteration. Memory is bounded by parts of the population.</summary>
    public static Bounds Of(IEnvironment environment, ITruth truth, long iteration)
    {
        using var pause = FinalizationPause.Begin();
        using var gradients = no_grad();
        var spec = environment.Spec;
        var horizon = truth.IsStationary ? 1 : Math.Max(spec.DefaultIterations, 1);
        using var outer = NewDisposeScope();
        var overLoop = zeros([spec.ItemCount], ScalarType.Float64, spec.Device);
        for (var round = 0; round < horizon; round++)
            overLoop.add_(MeanByItem(spec, truth, truth.IsStationary ? iteration : round));
        var best = overLoop.topk(spec.SlateSize).indexes;
        var now = truth.IsStationary ? overLoop : MeanByItem(spec, truth, iteration);
        return new Bounds(
            now.mean().item<double>() * spec.SlateSize,
            now.index_select(0, best).sum().item<double>(),
            OracleSum(spec, truth, iteration) / spec.UserCount);
    }

    /// <summary>[B] float64: the expected responses of each user's K best items.</summary>
    public static Tensor OracleByUser(EnvironmentSpec spec, ITruth truth, Tensor userIds, long iteration)
    {
        using var scope = NewDisposeScope();
        var expected = truth.ExpectedResponses(userIds, iteration);
        return expected.topk(spec.SlateSize, dim: 1, sorted: false).values.to_type(ScalarType.Float64).sum(1).MoveToOuterDisposeScope();
    }

    private static Tensor MeanByItem(EnvironmentSpec spec, ITruth truth, long iteration)
    {
        using var scope = NewDisposeScope();
        var total = zeros([spec.ItemCount], ScalarType.Float64, spec.Device);
        foreach (var (start, count) in UserParts.Of(spec.UserCount, spec.ItemCount))
        {
            using var part = NewDisposeScope();
            total.add_(truth.ExpectedResponses(arange(start, start + count, ScalarType.Int64, spec.Device), iteration).sum(0, type: ScalarType.Float64));
        }
        return total.div_(spec.UserCount).MoveToOuterDisposeScope();
    }

    private static double OracleSum(EnvironmentSpec spec, ITruth truth, long iteration)
    {
        using var scope = NewDisposeScope();
        var total = zeros([], ScalarType.Float64, spec.Device);
        foreach (var (start, count) in UserParts.Of(spec.UserCount, spec.ItemCount))
        {
            using var part = NewDisposeScope();
            total.add_(OracleByUser(spec, truth, arange(start, start + count, ScalarType.Int64, spec.Device), iteration).sum());
        }
        return total.item<double>();
    }
}
