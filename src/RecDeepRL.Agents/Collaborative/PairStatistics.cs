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

    /// <summary>The mean response to each item.</summary>
    /// <param name="priorShowings">Showings of the mean of all items that every item is given beforehand; at least 0.</param>
    /// <param name="users">[U, 1] bool, whose responses to count; none for all.</param>
    /// <param name="items">[N] bool, the items that the mean of all is taken over; none for all.</param>
    /// <returns>[N] float64; where nothing was shown and nothing given beforehand, 0.</returns>
    public Tensor ItemMeans(double priorShowings, Tensor? users = null, Tensor? items = null)
    {
        using var scope = NewDisposeScope();
        var shown = Of(Shown, users).sum(0, type: ScalarType.Float64);
        var responses = Of(Responses, users).sum(0, type: ScalarType.Float64);
        var counted = items ?? ones_like(shown, ScalarType.Bool);
        var common = (responses * counted).sum() / (shown * counted).sum().clamp_min(1.0);
        return ((responses + common * priorShowings) / (shown + priorShowings).clamp_min(1e-12)).MoveToOuterDisposeScope();
    }

    /// <summary>How often each item was shown to anybody.</summary>
    /// <returns>[N] float64.</returns>
    public Tensor ItemShowings()
    {
        using var scope = NewDisposeScope();
        return Shown.sum(0, type: ScalarType.Float64).MoveToOuterDisposeScope();
    }

    /// <summary>Sums over the pairs of responses of the same user to the same item of (y − cᵢ)(y′ − cᵢ), and the number of such pairs.</summary>
    /// <remarks>A user with n responses to an item, of sum s, has n(n − 1)/2 pairs of them, in which Σ yy′ = s(s − 1)/2 and Σ (y + y′) = s(n − 1), responses being 0 or 1. With c = 0
    /// the ratio of the two sums estimates the mean square of the users' probabilities without bias, as long as what a user was shown
    /// did not depend on what the user had answered; with c the item's mean, their variance.</remarks>
    /// <param name="centres">[N] float64, c.</param>
    /// <param name="users">[U, 1] bool, whose responses to count; none for all.</param>
    /// <returns>Each [N] float64.</returns>
    public (Tensor Products, Tensor Count) CentredProducts(Tensor centres, Tensor? users = null)
    {
        using var scope = NewDisposeScope();
        var (shown, responses) = (Of(Shown, users), Of(Responses, users));
        var count = (shown * (shown - 1)).sum(0, type: ScalarType.Float64).mul_(.5);
        var clicks = (responses * (responses - 1)).sum(0, type: ScalarType.Float64).mul_(.5);
        var sums = (responses * (shown - 1).clamp_min_(0)).sum(0, type: ScalarType.Float64);
        var products = clicks - centres * sums + centres.square() * count;
        return (products.MoveToOuterDisposeScope(), count.MoveToOuterDisposeScope());
    }

    /// <summary>Standard normal draws, one for each user and item, scaled by how unsure the item's mean response is: what sets the users of one batch apart, who would
    /// otherwise all follow the same lucky or unlucky mean.</summary>
    /// <param name="variance">[N] or [1, N] float, of one response to each item; of one that was never shown, taken as of one shown once.</param>
    /// <param name="noise">[B, N] float, standard normal.</param>
    /// <returns>[B, N] of the type of the noise.</returns>
    public Tensor Doubt(Tensor variance, Tensor noise)
    {
        using var scope = NewDisposeScope();
        return noise.mul(MeanDeviations(variance).to_type(noise.dtype)).MoveToOuterDisposeScope();
    }

    /// <summary>How unsure the items' mean responses are: standard deviations, √(variance / showings).</summary>
    /// <param name="variance">[N] or [1, N] float, of one response to each item; an item that was never shown counts as shown once.</param>
    /// <returns>As the variance, float64.</returns>
    public Tensor MeanDeviations(Tensor variance)
    {
        using var scope = NewDisposeScope();
        return (variance / ItemShowings().clamp_min(1)).sqrt_().MoveToOuterDisposeScope();
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
        using var scope = NewDisposeScope();
        if (Shown.lt(0).any().item<bool>())
            throw new ArgumentException("an item was shown to a user fewer than 0 times.");
    }

    public void Dispose()
    {
        Shown.Dispose();
        Responses.Dispose();
    }

    private static Tensor Of(Tensor table, Tensor? users) => users is null ? table : table * users;
}
