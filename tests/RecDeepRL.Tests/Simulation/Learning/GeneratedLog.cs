using RecDeepRL.Core.Randomness;
using RecDeepRL.Data.Datasets;
using RecDeepRL.Data.Files;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation.Learning;

/// <summary>A log like MovieLens with its truth: every pair is observed by a coin of its own, and an observed pair gets 4 or 5 stars by another, else 1 to 3.</summary>
internal sealed class GeneratedLog
{
    private readonly int _itemCount;
    private readonly float[] _liking; // [U · N] probability of 4 stars or more, given that the pair is observed
    private readonly float[] _meeting; // [U · N] probability of being observed

    /// <param name="meanPairs">Expected pairs in the log, about.</param>
    public GeneratedLog(long seed, int userCount, int itemCount, double meanPairs)
    {
        _itemCount = itemCount;
        var draws = new RandomStream(seed, "generated-log");
        using var scope = NewDisposeScope();
        var female = Enumerable.Range(0, userCount).Select(user => draws.Uniform(0, user) < .28).ToArray();
        var age = Enumerable.Range(0, userCount).Select(user => (long)(draws.Uniform(1, user) * 7)).ToArray();
        var occupation = Enumerable.Range(0, userCount).Select(user => (long)(draws.Uniform(2, user) * 10)).ToArray();
        var year = Enumerable.Range(0, itemCount).Select(item => 1930 + (long)(draws.Uniform(3, item) * 70)).ToArray();
        var genres = Enumerable.Range(0, 8).Select(genre => Enumerable.Range(0, itemCount).Select(item => draws.Uniform(4 + genre, item) < .25 ? 1L : 0).ToArray()).ToArray();

        var userKnown = stack([tensor(female.Select(isFemale => isFemale ? 1f : 0f).ToArray()), tensor(age.Select(group => group / 6f).ToArray())], 1).sub_(.4f);
        var itemKnown = stack([.. genres.Select(genre => tensor(genre.Select(has => (float)has).ToArray())), tensor(year.Select(one => (one - 1930) / 70f).ToArray())], 1).sub_(.3f);
        var explained = userKnown.mm(draws.Normal(20, CPU, 2, 9)).mm(itemKnown.t()).mul_(1.5f);
        var unexplained = draws.Normal(21, CPU, userCount, 4).mm(draws.Normal(22, CPU, itemCount, 4).t()).mul_(.35f);
        var liking = explained.add_(unexplained).add_(draws.Normal(23, CPU, userCount, 1).mul_(.4f)).add_(draws.Normal(24, CPU, 1, itemCount).mul_(.8f)).add_(.3f);
        // People meet what they like, and some items are met far more often than others.
        var intensity = unexplained.mul(1.5f).add_(draws.Normal(25, CPU, 1, itemCount)).add_(draws.Normal(26, CPU, userCount, 1).mul_(.5f)).exp_();
        for (var round = 0; round < 20; round++)
            intensity.mul_((float)meanPairs / Met(intensity).sum());
        var meeting = Met(intensity);
        liking = liking.sigmoid_();
        var observed = draws.Uniform(30, CPU, userCount, itemCount).lt(meeting).nonzero();
        var (users, items) = (observed.select(1, 0), observed.select(1, 1));
        var lanes = users.mul(itemCount).add_(items);
        var liked = draws.Uniform(31, lanes).lt(liking.view(-1).index_select(0, lanes));
        var stars = where(liked, draws.Integers(32, lanes, 2).add_(4), draws.Integers(32, lanes, 3).add_(1));
        _liking = liking.data<float>().ToArray();
        _meeting = meeting.data<float>().ToArray();
        Dataset = new Dataset
        {
            Name = "generated",
            // Keys with gaps and an offset: nobody may take them for positions.
            Interactions = new DataTable(
            [
                new IntegerColumn("user_idx", Array.ConvertAll(users.data<long>().ToArray(), UserKey)), new IntegerColumn("item_idx", Array.ConvertAll(items.data<long>().ToArray(), ItemKey)),
                new IntegerColumn("response", stars.data<long>().ToArray()),
            ]),
            Users = new DataTable(
            [
                new IntegerColumn("user_idx", [.. Enumerable.Range(0, userCount).Select(user => UserKey(user))]), new TextColumn("gender", Array.ConvertAll(female, isFemale => isFemale ? "F" : "M")),
                new IntegerColumn("age", age), new IntegerColumn("occupation", occupation),
            ]),
            Items = new DataTable(
            [
                new IntegerColumn("item_idx", [.. Enumerable.Range(0, itemCount).Select(item => ItemKey(item))]), new TextColumn("title", [.. Enumerable.Range(0, itemCount).Select(item => $"Film {ItemKey(item)}, The")]),
                new IntegerColumn("year", year), .. genres.Select((genre, index) => new IntegerColumn($"genre:G{index}", genre)),
            ]),
        };
    }

    public Dataset Dataset { get; }

    /// <summary>A probability that rises with the intensity.</summary>
    private static Tensor Met(Tensor intensity) => intensity.neg().exp_().neg_().add_(1f);

    /// <summary>The probability of 4 stars or more, were the pair observed.</summary>
    public double Liking(long userKey, long itemKey) => _liking[Lane(userKey, itemKey)];

    /// <summary>How much likelier the pair is a liked one of the log than one that the log does not hold: the best possible order.</summary>
    public double LikedToUnobserved(long userKey, long itemKey) => Liking(userKey, itemKey) * _meeting[Lane(userKey, itemKey)] / (1 - _meeting[Lane(userKey, itemKey)]);

    private long Lane(long userKey, long itemKey) => ((userKey - 5) / 3 * _itemCount) + ((itemKey - 7) / 2);

    private static long UserKey(long user) => 5 + (3 * user);

    private static long ItemKey(long item) => 7 + (2 * item);
}
