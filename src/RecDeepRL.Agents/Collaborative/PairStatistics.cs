using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Collaborative;

/// <summary>How often each user was shown each item, and the sum of the responses: all that a recommender of stationary tastes has to remember.
/// U users, N items; both tables are dense.</summary>
/// <remarks>Where responses are clicks, two responses of the same user to the same item tell how far users differ: their product has the expectation
/// of the squared probability, which single responses say nothing of.</remarks>
internal sealed class PairStatistics : IDisposable
{
    /// <summary>Pairs of user and item that the tables may hold: 512 MiB each.</summary>
    public const long MostPairs = 1L << 27;

    private readonly long _itemCount;

    /// <exception cref="UserMistakeException">Users times items is above <see cref="MostPairs"/>.</exception>
    public PairStatistics(EnvironmentSpec spec)
    {
        var pairs = (long)spec.UserCount * spec.ItemCount;
        if (pairs > MostPairs)
            throw new UserMistakeException(
                $"This agent keeps a table of all pairs of user and item: {spec.UserCount} users and {spec.ItemCount} items make {pairs} pairs, allowed are at most {MostPairs}. Ask for fewer users or items, or take another agent.");
        _itemCount = spec.ItemCount;
        Shown = zeros([spec.UserCount, spec.ItemCount], ScalarType.Float32, spec.Device).DetachFromDisposeScope();
        Responses = zeros([spec.UserCount, spec.ItemCount], ScalarType.Float32, spec.Device).DetachFromDisposeScope();
    }

    /// <summary>[U, N] float32, how often each user was shown each item; exact up to 2²⁴.</summary>
    public Tensor Shown { get; }

    /// <summary>[U, N] float32, the sum of the user's responses to the item.</summary>
    public Tensor Responses { get; }

    public void Add(Feedback feedback)
    {
        using var scope = NewDisposeScope();
        var pairs = feedback.Observation.UserIds.mul(_itemCount).unsqueeze(1).add(feedback.Slates).reshape(-1);
        Shown.view(-1).index_add_(0, pairs, ones_like(pairs, ScalarType.Float32), 1);
        Responses.view(-1).index_add_(0, pairs, feedback.Responses.to_type(ScalarType.Float32).reshape(-1), 1);
    }

    /// <summary>The mean response to each item over all users.</summary>
    /// <param name="priorCount">Showings of the mean of all items that every item is given beforehand; at least 0.</param>
    /// <returns>[N] float64; where nothing was shown and nothing given beforehand, 0.</returns>
    public Tensor ItemMeans(double priorCount)
    {
        using var scope = NewDisposeScope();
        var shown = Shown.sum(0, type: ScalarType.Float64);
        var responses = Responses.sum(0, type: ScalarType.Float64);
        var common = responses.sum() / shown.sum().clamp_min(1.0);
        return ((responses + common * priorCount) / (shown + priorCount).clamp_min(1e-12)).MoveToOuterDisposeScope();
    }

    /// <summary>Pairs of responses of the same user to the same item: their number, and how many of them are two clicks.</summary>
    /// <remarks>A pair of user and item with n responses of sum s has n(n − 1)/2 pairs of responses; of clicks, s(s − 1)/2 are two clicks, and the ratio of
    /// the two has the expectation p², whatever n. So Σ two clicks / Σ pairs estimates E[p²] over the users without bias, as long as what a user was
    /// shown did not depend on what the user had answered.</remarks>
    /// <returns>Each [N] float64.</returns>
    public (Tensor Pairs, Tensor TwoClicks) Repeats()
    {
        using var scope = NewDisposeScope();
        var pairs = (Shown * (Shown - 1)).sum(0, type: ScalarType.Float64).mul_(.5);
        var twoClicks = (Responses * (Responses - 1)).sum(0, type: ScalarType.Float64).mul_(.5);
        return (pairs.MoveToOuterDisposeScope(), twoClicks.MoveToOuterDisposeScope());
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("shown", Shown);
        writer.Write("responses", Responses);
    }

    public void Load(IStateReader reader)
    {
        reader.ReadInto("shown", Shown);
        reader.ReadInto("responses", Responses);
    }

    public void Dispose()
    {
        Shown.Dispose();
        Responses.Dispose();
    }
}
