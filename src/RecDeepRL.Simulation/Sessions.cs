using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation;

/// <summary>Who is in a session, since how many rounds, and who is away. U users, each in a row; allocated once, updated in place.</summary>
internal sealed class Sessions : IDisposable
{
    private readonly SessionOptions _options;
    private readonly bool _once;
    private readonly UserRows _rows;
    private readonly Tensor _everyone;
    private readonly Tensor _absentAtFirst; // [U] bool
    private readonly Tensor _rounds; // [U] int64
    private readonly Tensor _away; // [U] bool

    /// <summary>Sessions that follow one another: everybody is in one at the beginning.</summary>
    public Sessions(SessionOptions options, UserRows users, Device device)
        : this(options, once: false, users, device) { }

    /// <summary>One session each: whoever has ended it never comes again.</summary>
    /// <param name="participants">[B] int64, who has a session at all.</param>
    public Sessions(SessionOptions options, UserRows users, Tensor participants)
        : this(options, once: true, users, participants.device)
    {
        using var rows = users.Of(participants);
        _absentAtFirst.fill_(true).index_fill_(0, rows, false);
        _away.copy_(_absentAtFirst);
    }

    private Sessions(SessionOptions options, bool once, UserRows users, Device device)
    {
        _options = options;
        _once = once;
        _rows = users;
        _everyone = users.Ids(device).DetachFromDisposeScope();
        _absentAtFirst = zeros([users.Count], ScalarType.Bool, device).DetachFromDisposeScope();
        _rounds = zeros([users.Count], ScalarType.Int64, device).DetachFromDisposeScope();
        _away = zeros([users.Count], ScalarType.Bool, device).DetachFromDisposeScope();
    }

    public SessionOptions Options => _options;

    /// <summary>Whether the place of a user who leaves is taken at once by a fresh visitor.</summary>
    public bool ReplacesUsers => !_once && _options.ReturnAfter is null;

    /// <summary>[U] bool, who is away. Borrowed.</summary>
    public Tensor Away => _away;

    public void Reset()
    {
        KeepEnded(null);
        _rounds.zero_();
        _away.copy_(_absentAtFirst);
    }

    /// <summary>Counts a round and tells whose session has ended with it. Nobody's is both terminated and truncated.</summary>
    /// <param name="users">[B] int64, who took part.</param>
    /// <param name="leaving">[B] bool, who wants to leave; none where nobody does. Borrowed.</param>
    /// <returns>[B] bool each. The caller disposes.</returns>
    public (Tensor Terminated, Tensor Truncated) CountRound(Tensor users, Tensor? leaving)
    {
        using var scope = NewDisposeScope();
        var rows = _rows.Of(users);
        var rounds = _rounds.index_select(0, rows).add_(1);
        _rounds.index_copy_(0, rows, rounds);
        var terminated = leaving?.clone() ?? zeros_like(users, ScalarType.Bool);
        var truncated = rounds.ge(_options.Limit).logical_and_(terminated.logical_not());
        KeepEnded(rounds.masked_select(terminated.logical_or(truncated)));
        return (terminated.MoveToOuterDisposeScope(), truncated.MoveToOuterDisposeScope());
    }

    /// <summary>[E] int64, rounds of the sessions that ended with the latest round; none before the first. Borrowed until the next one.</summary>
    public Tensor? LatestEnded { get; private set; }

    /// <summary>Begins a session of each of the users.</summary>
    public void Begin(Tensor users)
    {
        using var rows = _rows.Of(users);
        _rounds.index_fill_(0, rows, 0);
        _away.index_fill_(0, rows, false);
    }

    public void SendAway(Tensor users)
    {
        using var rows = _rows.Of(users);
        _away.index_fill_(0, rows, true);
    }

    /// <summary>Who has been away for this round, and who of them comes back for the next: each with probability 1/returnAfter, so that
    /// the rounds away are geometric with that mean.</summary>
    /// <param name="coins">Draws in [0, 1) for the users given to it.</param>
    /// <returns>Ids [A] and [R] int64; both empty where nobody ever comes back. The caller disposes.</returns>
    public (Tensor Resting, Tensor Returning) OfThoseAway(Func<Tensor, Tensor> coins)
    {
        using var scope = NewDisposeScope();
        if (_once || _options.ReturnAfter is not { } mean)
            return (empty([0], ScalarType.Int64, _away.device).MoveToOuterDisposeScope(), empty([0], ScalarType.Int64, _away.device).MoveToOuterDisposeScope());
        var resting = _everyone.masked_select(_away);
        var returning = resting.masked_select(coins(resting).lt(1 / mean));
        return (resting.MoveToOuterDisposeScope(), returning.MoveToOuterDisposeScope());
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("rounds", _rounds);
        writer.Write("away", _away);
    }

    public void Load(IStateReader reader)
    {
        KeepEnded(null);
        reader.ReadInto("rounds", _rounds);
        reader.ReadInto("away", _away);
    }

    public void Dispose()
    {
        _everyone.Dispose();
        _absentAtFirst.Dispose();
        _rounds.Dispose();
        _away.Dispose();
        LatestEnded?.Dispose();
    }

    private void KeepEnded(Tensor? rounds)
    {
        LatestEnded?.Dispose();
        LatestEnded = rounds?.DetachFromDisposeScope();
    }
}
