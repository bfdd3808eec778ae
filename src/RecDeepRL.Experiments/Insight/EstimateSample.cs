using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Experiments.Insight;

/// <summary>A fixed sample of users, spread evenly over all, whose estimates stand for everybody's: what an agent expects of each item against the truth. B users, N items.</summary>
/// <param name="pair">Borrowed; has to outlive the sample.</param>
internal sealed class EstimateSample(RunPair pair) : IDisposable
{
    /// <summary>The most users asked about.</summary>
    private const int MostUsers = 256;

    /// <summary>Pairs of user and item that an agent is asked about at once.</summary>
    private const long PairsAtOnce = 1L << 18;

    private readonly Tensor _users = Spread(pair.Environment.Spec); // [B] int64

    private long UsersAtOnce => Math.Max(1, PairsAtOnce / pair.Environment.Spec.ItemCount);

    /// <returns>[N], mean over the sample, before the first round.</returns>
    public double[] MeanTruth()
    {
        using var gradients = no_grad();
        var (environment, spec) = (pair.Environment, pair.Environment.Spec);
        var sum = zeros([spec.ItemCount], ScalarType.Float64, spec.Device);
        for (var start = 0L; start < _users.size(0); start += UsersAtOnce)
        {
            using var part = NewDisposeScope();
            var users = _users.narrow(0, start, Math.Min(UsersAtOnce, _users.size(0) - start));
            sum.add_(pair.Truth.ExpectedResponses(users, environment.Iteration).sum(0, type: ScalarType.Float64));
        }
        return sum.div_(_users.size(0)).cpu().data<double>().ToArray();
    }

    /// <summary>Mean estimates and mean truth of the tracked items, and the error over all items.</summary>
    /// <param name="items">The tracked items.</param>
    /// <returns>None where the agent estimates nothing.</returns>
    public (IReadOnlyList<double?>? Estimates, IReadOnlyList<double?>? Truth, EstimateError? Error) Read(IReadOnlyList<InsightItem> items)
    {
        if (pair.Agent is not IEstimatesItems agent)
            return (null, null, null);
        var spec = pair.Environment.Spec;
        var sums = zeros([3, spec.ItemCount], ScalarType.Float64, spec.Device); // estimates, how many there were, truth
        var squares = zeros([], ScalarType.Float64, spec.Device);
        using var everyone = pair.Environment.ObserveAll(0);
        for (var start = 0L; start < _users.size(0); start += UsersAtOnce)
        {
            using var part = NewDisposeScope();
            using var users = Of(everyone, _users.narrow(0, start, Math.Min(UsersAtOnce, _users.size(0) - start)));
            var given = agent.EstimateItems(users).to_type(ScalarType.Float64);
            var known = given.isfinite();
            var kept = where(known, given, zeros_like(given));
            var truth = pair.Truth.ExpectedResponses(users.UserIds, users.Iteration).to_type(ScalarType.Float64);
            sums.add_(stack([kept.sum([0L]), known.to_type(ScalarType.Float64).sum([0L]), truth.sum([0L])]));
            squares.add_((kept - truth).square().mul(known).sum());
        }
        var figures = sums.cpu().data<double>().ToArray();
        var count = spec.ItemCount;
        double[] means = [.. Enumerable.Range(0, count).Select(item => figures[item] / figures[count + item])]; // not a number where there is none
        double[] truths = [.. Enumerable.Range(0, count).Select(item => figures[(2 * count) + item] / _users.size(0))];
        var isResponse = agent.EstimateKind == EstimateKind.Response;
        int[] estimated = [.. Enumerable.Range(0, count).Where(item => figures[count + item] > 0)];
        var error = estimated.Length == 0 ? null : new EstimateError(
            isResponse ? InsightFile.Rounded(Math.Sqrt(squares.item<double>() / estimated.Sum(item => figures[count + item]))) : null,
            isResponse ? InsightFile.Rounded(estimated.Average(item => Math.Abs(means[item] - truths[item]))) : null,
            RankCorrelation([.. estimated.Select(item => means[item])], [.. estimated.Select(item => truths[item])]));
        return ([.. items.Select(item => InsightFile.Rounded(means[item.Id]))], [.. items.Select(item => InsightFile.Rounded(truths[item.Id]))], error);
    }

    public void Dispose() => _users.Dispose();

    private static Tensor Spread(EnvironmentSpec spec)
    {
        var most = Math.Clamp((1L << 21) / spec.ItemCount, 16, MostUsers);
        return SpreadOver(spec.UserCount, Math.Min(spec.UserCount, most), spec.Device).DetachFromDisposeScope();
    }

    /// <summary>Whole numbers from 0 on, spread evenly below a bound.</summary>
    private static Tensor SpreadOver(long bound, long count, Device device)
    {
        using var scope = NewDisposeScope();
        return arange(count, ScalarType.Int64, device).mul_(bound).div(count, RoundingMode.floor).to_type(ScalarType.Int64).MoveToOuterDisposeScope();
    }

    /// <summary>Some users of an observation of everyone. The caller disposes.</summary>
    private static Observation Of(Observation everyone, Tensor users) => new()
    {
        UserIds = everyone.UserIds.index_select(0, users),
        UserFeatures = everyone.UserFeatures?.index_select(0, users),
        RecentItems = everyone.RecentItems.index_select(0, users),
        RecentResponses = everyone.RecentResponses.index_select(0, users),
        EligibleItems = everyone.EligibleItems?.index_select(0, users),
        Iteration = everyone.Iteration,
        DrawKey = everyone.DrawKey,
    };

    private static double? RankCorrelation(double[] one, double[] other)
    {
        if (one.Length < 2)
            return null;
        return InsightFile.Rounded(MathNet.Numerics.Statistics.Correlation.Spearman(one, other));
    }
}
