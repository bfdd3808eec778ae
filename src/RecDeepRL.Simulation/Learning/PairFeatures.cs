namespace RecDeepRL.Simulation.Learning;

/// <summary>What the trees see of a pair: features of the user, features of the item, and, where wanted, how often each had positive responses.</summary>
internal sealed class PairFeatures
{
    private readonly InteractionLog _log;
    private readonly double[][] _users;
    private readonly double[][] _items;
    private readonly ResponseShares? _userShares;
    private readonly ResponseShares? _itemShares;
    private readonly byte[] _folds;

    public PairFeatures(InteractionLog log, InteractionSplit split, KnownFeatures users, KnownFeatures items, BoostingOptions options, long seed)
    {
        _log = log;
        (_users, var userNames) = Chosen(users, options.UserFeatures, log.UserKeys.Length, "user");
        (_items, var itemNames) = Chosen(items, options.ItemFeatures, log.ItemKeys.Length, "item");
        _folds = options.Shares ? ResponseShares.Folds(log.Lanes, seed) : [];
        if (options.Shares)
        {
            _userShares = new ResponseShares(log.Users, log.Positives, split.Training, log.UserKeys.Length, _folds);
            _itemShares = new ResponseShares(log.Items, log.Positives, split.Training, log.ItemKeys.Length, _folds);
        }
        Names = [.. userNames, .. itemNames, .. options.Shares ? ["share of positives of the user", "share of positives of the item"] : Array.Empty<string>()];
    }

    /// <summary>[D] what each feature is.</summary>
    public string[] Names { get; }

    /// <summary>A pair as it is predicted.</summary>
    /// <returns>[D].</returns>
    public float[] Of(int user, int item) => Row(user, item, _userShares?.Of(user) ?? 0, _itemShares?.Of(item) ?? 0);

    /// <summary>A training pair: its shares know nothing of its own response.</summary>
    /// <param name="pair">Position in the log.</param>
    /// <returns>[D].</returns>
    public float[] OfTraining(int pair)
    {
        var (user, item) = (_log.Users[pair], _log.Items[pair]);
        return _userShares is null ? Row(user, item, 0, 0) : Row(user, item, _userShares.Without(user, _folds[pair]), _itemShares!.Without(item, _folds[pair]));
    }

    private float[] Row(int user, int item, double userShare, double itemShare)
    {
        var row = new float[Names.Length];
        var place = 0;
        foreach (var column in _users)
            row[place++] = (float)column[user];
        foreach (var column in _items)
            row[place++] = (float)column[item];
        if (_userShares is not null)
            (row[place], row[place + 1]) = ((float)userShare, (float)itemShare);
        return row;
    }

    private static (double[][] Columns, string[] Names) Chosen(KnownFeatures known, int? count, int rows, string kind)
    {
        if (count is not { } components)
            return (known.Columns, known.Names);
        var kept = Math.Min(components, known.Columns.Length);
        return (known.PrincipalComponents(kept, rows), [.. Enumerable.Range(0, kept).Select(component => $"principal component {component} of what is known about the {kind}")]);
    }
}
