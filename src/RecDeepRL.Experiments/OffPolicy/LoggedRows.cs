using RecDeepRL.Core;

namespace RecDeepRL.Experiments.OffPolicy;

/// <summary>Where the probabilities of the logged slates come from.</summary>
public enum PropensitySource
{
    /// <summary>The log tells them.</summary>
    Logged,

    /// <summary>How often each item stood in each slot of the same round. Right only for an agent that treats all users of a round alike.</summary>
    Estimated,
}

/// <summary>The rows of a log's rounds as plain arrays: S slates of K slots. Row s·K + k is slot k of slate s.</summary>
/// <param name="slateSize">K.</param>
/// <param name="itemCount">N.</param>
internal sealed class LoggedRows(int slateSize, int itemCount)
{
    private readonly List<int> _users = [];
    private readonly List<int> _items = [];
    private readonly List<double> _responses = [];
    private readonly List<double> _propensities = [];

    public int SlateSize => slateSize;

    public int ItemCount => itemCount;

    /// <summary>[S] user ids.</summary>
    public IReadOnlyList<int> Users => _users;

    /// <summary>[S·K] item ids.</summary>
    public IReadOnlyList<int> Items => _items;

    /// <summary>[S·K]</summary>
    public IReadOnlyList<double> Responses => _responses;

    /// <summary>[S·K], in (0, 1].</summary>
    public IReadOnlyList<double> Propensities => _propensities;

    /// <summary>Takes one round.</summary>
    /// <param name="round">Borrowed.</param>
    /// <param name="iteration">Its number, for messages.</param>
    /// <exception cref="UserMistakeException">Its propensities are asked for and not known, or are none.</exception>
    public void Add(PlayedRound round, PropensitySource source, long iteration)
    {
        var users = round.UserIds.cpu().data<long>().ToArray();
        if (users.Length == 0)
            return;
        var items = Array.ConvertAll(round.Slates.cpu().contiguous().data<long>().ToArray(), id => (int)id);
        _users.AddRange(Array.ConvertAll(users, id => (int)id));
        _items.AddRange(items);
        _responses.AddRange(Array.ConvertAll(round.Responses.cpu().contiguous().data<float>().ToArray(), response => (double)response));
        _propensities.AddRange(source == PropensitySource.Estimated ? Frequencies(items, users.Length) : Logged(round, iteration));
    }

    private static double[] Logged(PlayedRound round, long iteration)
    {
        var logged = round.Propensity?.cpu().contiguous().data<float>().ToArray() ?? [float.NaN];
        foreach (var propensity in logged)
        {
            if (float.IsNaN(propensity))
            {
                throw new UserMistakeException(
                    $"The log does not tell the propensities of its slates in iteration {iteration}: its agent does not know them. Log with an agent that does (random, epsilon-greedy, ucb, exp3, softmax with slates of 1; --set slateSize=1), or, where it treats all users of a round alike, give --propensity estimated.");
            }
            if (propensity is <= 0 or > 1)
                throw new UserMistakeException($"The log is damaged: it tells of a slate in iteration {iteration} that was shown with propensity {propensity}, must be in (0, 1]. Write it again.");
        }
        return Array.ConvertAll(logged, propensity => (double)propensity);
    }

    private double[] Frequencies(int[] items, int users)
    {
        var counts = new int[itemCount * slateSize];
        for (var row = 0; row < items.Length; row++)
            counts[(items[row] * slateSize) + (row % slateSize)]++;
        var shares = new double[items.Length];
        for (var row = 0; row < items.Length; row++)
            shares[row] = (double)counts[(items[row] * slateSize) + (row % slateSize)] / users;
        return shares;
    }
}
