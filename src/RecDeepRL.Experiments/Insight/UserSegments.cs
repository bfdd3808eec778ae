using System.Globalization;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Evaluation;
using static TorchSharp.torch;

namespace RecDeepRL.Experiments.Insight;

/// <summary>Divides the users of a population, and sums up what happens to the divisions.</summary>
/// <remarks>Features of at most <see cref="MostCategories"/> values divide by value, others by quartiles; where users share a quartile's bound, they stay together. A grouping of one segment is left out.</remarks>
internal sealed class UserSegments : IDisposable
{
    /// <summary>Features that divide users, the first ones.</summary>
    public const int MostFeatures = 8;

    /// <summary>Values up to which a feature is a category.</summary>
    public const int MostCategories = 5;

    /// <summary>Pairs of user and item up to which every user's best slate is worked out.</summary>
    private const long MostPairs = 1L << 26;

    private readonly List<(string Name, List<string> Segments)> _groupings = [];
    private readonly Tensor? _members; // [G, U] int64: numbers of segments, counted over all groupings
    private readonly Tensor _sums; // [3, segments] float64: users, slates, responses
    private readonly Tensor _final; // [2, segments] float64: expected and oracle
    private bool _isFinal;

    public UserSegments(IEnvironment environment, ITruth truth)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var (spec, population) = (environment.Spec, environment.Population);
        var members = new List<long[]>();
        if (population.UserFeatures is { } features)
        {
            for (var feature = 0; feature < Math.Min(MostFeatures, spec.UserFeatureCount); feature++)
            {
                var name = feature < population.UserFeatureNames.Count ? population.UserFeatureNames[feature] : $"feature {feature}";
                Add(name, features.select(1, feature).to_type(ScalarType.Float64).cpu().data<double>().ToArray());
            }
        }
        if ((long)spec.UserCount * spec.ItemCount <= MostPairs)
            Add("best slate", BestSlates(environment, truth));
        var segments = _groupings.Sum(grouping => grouping.Segments.Count);
        _sums = zeros([3, segments], ScalarType.Float64, spec.Device).DetachFromDisposeScope();
        _final = zeros([2, segments], ScalarType.Float64, spec.Device).DetachFromDisposeScope();
        if (members.Count == 0)
            return;
        _members = stack(members.Select(one => tensor(one))).to(spec.Device).DetachFromDisposeScope();
        _sums.select(0, 0).index_add_(0, _members.reshape(-1), ones([_members.numel()], ScalarType.Float64, spec.Device), 1);

        void Add(string name, double[] values)
        {
            var (own, names) = Divide(name, values);
            if (names.Count < 2)
                return;
            var offset = _groupings.Sum(grouping => grouping.Segments.Count);
            members.Add([.. own.Select(segment => (long)segment + offset)]);
            _groupings.Add((name, names));
        }
    }

    /// <summary>Takes in a round: slates and responses.</summary>
    public void Add(Feedback feedback)
    {
        if (_members is null || feedback.Observation.UserCount == 0)
            return;
        using var scope = NewDisposeScope();
        var responses = feedback.Responses.sum(1, type: ScalarType.Float64);
        Accumulate(_sums.narrow(0, 1, 2), feedback.Observation.UserIds, stack([ones_like(responses), responses]));
    }

    /// <summary>Takes in some users' final slates.</summary>
    /// <param name="expected">[B] float64.</param>
    /// <param name="oracle">[B] float64.</param>
    public void AddFinal(Tensor users, Tensor expected, Tensor oracle)
    {
        _isFinal = true;
        if (_members is null)
            return;
        using var scope = NewDisposeScope();
        Accumulate(_final, users, stack([expected, oracle]));
    }

    public IReadOnlyList<SegmentGrouping> Read()
    {
        if (_groupings.Count == 0)
            return [];
        using var scope = NewDisposeScope();
        var (sums, final, count) = (_sums.cpu().data<double>().ToArray(), _final.cpu().data<double>().ToArray(), (int)_sums.size(1));
        var (groupings, segment) = (new List<SegmentGrouping>(), 0);
        foreach (var (name, segments) in _groupings)
        {
            groupings.Add(new SegmentGrouping(name, [.. segments.Select(own =>
            {
                var users = (long)sums[segment];
                var result = new UserSegment(
                    own, users, (long)sums[count + segment], sums[(2 * count) + segment], _isFinal ? final[segment] / users : null, _isFinal ? final[count + segment] / users : null);
                segment++;
                return result;
            })]));
        }
        return groupings;
    }

    /// <summary>Goes on from sums that an earlier part of the run left.</summary>
    public void GoOnFrom(IReadOnlyList<SegmentGrouping> groupings)
    {
        if (!groupings.SelectMany(one => one.Segments.Select(segment => segment.Name)).SequenceEqual(_groupings.SelectMany(one => one.Segments)))
            throw new UserMistakeException("The insight of the checkpoint divides other users than this population has. Go on with --insight-every 0.");
        if (_groupings.Count == 0)
            return;
        using var scope = NewDisposeScope();
        var segments = groupings.SelectMany(one => one.Segments).ToList();
        _sums.narrow(0, 1, 2).copy_(tensor([.. segments.Select(one => (double)one.Slates), .. segments.Select(one => one.Responses)], [2, segments.Count]));
    }

    public void Dispose()
    {
        _members?.Dispose();
        _sums.Dispose();
        _final.Dispose();
    }

    /// <summary>Divides values into categories or quartiles.</summary>
    /// <returns>Each value's segment, and the segments' names.</returns>
    internal static (int[] Segments, List<string> Names) Divide(string name, double[] values)
    {
        double[] different = [.. values.Distinct().Order()];
        if (different.Length <= MostCategories)
            return ([.. values.Select(value => Array.IndexOf(different, value))], [.. different.Select(value => $"{name} = {Text(value)}")]);
        double[] sorted = [.. values.Order()];
        // A quartile begins at a value, so that equal values are never torn apart; bounds that fall together make fewer segments.
        double[] starts = [.. Enumerable.Range(0, 4).Select(quarter => sorted[quarter * sorted.Length / 4]).Distinct()];
        int[] segments = [.. values.Select(value => Array.FindLastIndex(starts, start => start <= value))];
        return (segments, [.. starts.Select((start, segment) => $"{name} {Text(start)} to {Text(segment + 1 < starts.Length ? sorted.Last(value => value < starts[segment + 1]) : sorted[^1])}")]);
    }

    private static string Text(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private static double[] BestSlates(IEnvironment environment, ITruth truth)
    {
        var spec = environment.Spec;
        using var everyone = environment.ObserveAll(0);
        var values = new List<double>(spec.UserCount);
        foreach (var (start, count) in UserParts.Of(spec.UserCount, spec.ItemCount))
        {
            using var scope = NewDisposeScope();
            // Rounded, lest the last bits of equal sums make segments.
            values.AddRange(Bounds.OracleByUser(spec, truth, everyone.Slice(start, count)).cpu().data<double>().Select(value => Math.Round(value, 6)));
        }
        return [.. values];
    }

    /// <param name="sums">[V, segments].</param>
    /// <param name="values">[V, B] float64.</param>
    private void Accumulate(Tensor sums, Tensor users, Tensor values)
    {
        var segments = _members!.index_select(1, users); // [G, B]
        for (var grouping = 0; grouping < segments.size(0); grouping++)
            sums.index_add_(1, segments.select(0, grouping), values, 1);
    }
}
