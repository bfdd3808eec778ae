using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Experiments.OffPolicy;

/// <summary>What the direct method believes of responses.</summary>
public enum RewardModelKind
{
    /// <summary>The mean response to each item in each slot, the same for every user; see <see cref="ItemMeanRewards"/>.</summary>
    ItemMean,

    /// <summary>A logistic regression on item, slot and the user's features; see <see cref="LogisticRewards"/>.</summary>
    Logistic,
}

/// <summary>The response expected from any user to any item in any slot.</summary>
internal interface IRewardModel
{
    /// <param name="users">B ids.</param>
    /// <returns>[B, K, N] float64 on the CPU. The caller disposes.</returns>
    Tensor Predict(int[] users);
}

/// <summary>Reward models of which each has learned from other users than those it is asked about (cross-fitting, Chernozhukov et al. 2018): a direct method
/// that is asked about its own training data finds the luck of those responses again.</summary>
internal sealed class CrossFittedRewards
{
    private const int MostFolds = 5;

    private readonly Dictionary<int, int> _folds;
    private readonly IRewardModel[] _models;
    private readonly int _slateSize;
    private readonly int _itemCount;

    /// <summary>Users of the log are dealt into five folds of equal size, or one for each user where there are fewer.</summary>
    /// <exception cref="UserMistakeException">Fewer than two users, or responses that the model cannot learn from.</exception>
    public CrossFittedRewards(LoggedRows rows, RewardModelKind kind, Population population, long seed)
    {
        (_slateSize, _itemCount) = (rows.SlateSize, rows.ItemCount);
        var stream = new Core.Randomness.RandomStream(seed, "off-policy folds");
        var users = rows.Users.Distinct().OrderBy(user => stream.Bits(0, user)).ToList();
        if (users.Count < 2)
            throw new UserMistakeException($"The part of the log that is evaluated tells of {users.Count} user{(users.Count == 1 ? "" : "s")}, needed are at least 2. Simulate more users or iterations.");
        var count = Math.Min(MostFolds, users.Count);
        _folds = users.Index().ToDictionary(user => user.Item, user => user.Index % count);
        _models = [.. Enumerable.Range(0, count).Select(fold => Fit(fold))];

        IRewardModel Fit(int fold)
        {
            int[] slates = [.. Enumerable.Range(0, rows.Users.Count).Where(slate => _folds[rows.Users[slate]] != fold)];
            return kind == RewardModelKind.ItemMean ? new ItemMeanRewards(rows, slates) : LogisticRewards.Fit(rows, slates, population, seed);
        }
    }

    /// <summary>Each user by the model that has not learned from the user.</summary>
    /// <param name="users">B ids, all of the log's.</param>
    /// <returns>[B, K, N] float64. The caller disposes.</returns>
    public Tensor Predict(int[] users)
    {
        using var scope = NewDisposeScope();
        var expected = empty([users.Length, _slateSize, _itemCount], ScalarType.Float64);
        for (var fold = 0; fold < _models.Length; fold++)
        {
            long[] places = [.. Enumerable.Range(0, users.Length).Where(place => _folds[users[place]] == fold).Select(place => (long)place)];
            if (places.Length > 0)
                expected.index_copy_(0, tensor(places), _models[fold].Predict(Array.ConvertAll(places, place => users[place])));
        }
        return expected.MoveToOuterDisposeScope();
    }
}

/// <summary>The mean response to each item in each slot, shrunk towards the item's mean over all slots, and this towards the mean of all items, by
/// <see cref="PriorShowings"/> showings each. It knows no users.</summary>
internal sealed class ItemMeanRewards : IRewardModel
{
    /// <summary>How many showings at the wider mean are mixed into a narrower one.</summary>
    public const double PriorShowings = 10;

    private readonly double[] _means; // [K, N]
    private readonly int _slateSize;
    private readonly int _itemCount;

    /// <param name="slates">Which slates of the rows to learn from.</param>
    public ItemMeanRewards(LoggedRows rows, IEnumerable<int> slates)
    {
        (_slateSize, _itemCount) = (rows.SlateSize, rows.ItemCount);
        var (shown, sums) = (new double[_slateSize * _itemCount], new double[_slateSize * _itemCount]);
        foreach (var slate in slates)
        {
            for (var slot = 0; slot < _slateSize; slot++)
            {
                var row = (slate * _slateSize) + slot;
                var cell = (slot * _itemCount) + rows.Items[row];
                shown[cell]++;
                sums[cell] += rows.Responses[row];
            }
        }
        var all = shown.Sum() > 0 ? sums.Sum() / shown.Sum() : 0;
        _means = new double[shown.Length];
        for (var item = 0; item < _itemCount; item++)
        {
            var (itemShown, itemSum) = (0.0, 0.0);
            for (var slot = 0; slot < _slateSize; slot++)
                (itemShown, itemSum) = (itemShown + shown[(slot * _itemCount) + item], itemSum + sums[(slot * _itemCount) + item]);
            var ofItem = Shrunk(itemSum, itemShown, all);
            for (var slot = 0; slot < _slateSize; slot++)
            {
                var cell = (slot * _itemCount) + item;
                // With one slot the item's mean is the slot's, and is not shrunk twice.
                _means[cell] = _slateSize == 1 ? ofItem : Shrunk(sums[cell], shown[cell], ofItem);
            }
        }
    }

    public Tensor Predict(int[] users) => tensor(_means, [1, _slateSize, _itemCount]).expand(users.Length, _slateSize, _itemCount);

    private static double Shrunk(double sum, double shown, double wider) => (sum + (PriorShowings * wider)) / (shown + PriorShowings);
}
