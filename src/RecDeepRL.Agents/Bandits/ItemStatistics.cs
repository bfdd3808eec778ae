using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>How often each item was shown, the sum of the responses to it and of their squares: all that a bandit without context remembers.
/// This class remembers everything alike; those derived from it forget.</summary>
internal class ItemStatistics : IDisposable
{
    private readonly Tensor _sums;
    private readonly int _slateSize;

    public ItemStatistics(EnvironmentSpec spec)
    {
        _slateSize = spec.SlateSize;
        _sums = zeros([3, spec.ItemCount], ScalarType.Float64, spec.Device).DetachFromDisposeScope();
        Shown = _sums.select(0, 0).DetachFromDisposeScope();
        Responses = _sums.select(0, 1).DetachFromDisposeScope();
        Squares = _sums.select(0, 2).DetachFromDisposeScope();
    }

    /// <summary>[N] float64, how often each item was shown, as far as it is remembered.</summary>
    public Tensor Shown { get; }

    /// <summary>[N] float64, the sum of the responses to each item, as far as they are remembered.</summary>
    public Tensor Responses { get; }

    /// <summary>[N] float64, the sum of the squares of the responses to each item, as far as they are remembered.</summary>
    public Tensor Squares { get; }

    /// <summary>Rounds learned from.</summary>
    public long Rounds { get; private set; }

    /// <summary>Users in a round on average; 1 before the first.</summary>
    public double UsersPerRound => Rounds == 0 ? 1 : (double)Users / Rounds;

    private long Users { get; set; }

    /// <summary>Writes what a part of a round adds: <c>round</c>, [3, N], and <c>users</c>, how many there are.</summary>
    public void SumUp(Feedback feedback, IStateWriter sums)
    {
        using var scope = NewDisposeScope();
        var items = feedback.Slates.reshape(-1);
        var responses = feedback.Responses.to_type(ScalarType.Float64).reshape(-1);
        sums.Write("round", zeros_like(_sums).index_add_(1, items, stack([ones_like(responses), responses, responses.square()]), 1));
        sums.Write("users", tensor((double)feedback.Observation.UserCount));
    }

    /// <summary>Adds one round.</summary>
    /// <returns>The same of the round alone: [3, N] float64 with the rows <see cref="Shown"/>, <see cref="Responses"/> and <see cref="Squares"/>, and the users. The caller disposes.</returns>
    public (Tensor Sums, long Users) Add(IStateReader sums)
    {
        using var scope = NewDisposeScope();
        var round = zeros_like(_sums);
        sums.ReadInto("round", round);
        // Users are counted on the CPU, whatever the device: nothing is waited for.
        var users = (long)sums.ReadTensor("users").item<double>();
        Take(_sums, round);
        Rounds++;
        Users += users;
        return (round.MoveToOuterDisposeScope(), users);
    }

    /// <summary>The mean response to each item.</summary>
    /// <returns>[N] float64; −∞ for an item never shown, so that it ranks behind every item that was.</returns>
    public Tensor Means()
    {
        using var scope = NewDisposeScope();
        return WithoutUnseen(Responses / Shown).MoveToOuterDisposeScope();
    }

    /// <summary>Puts items never shown behind all others: what an exploiting agent does with estimates that rest on nothing.</summary>
    /// <param name="scores">[N] or [B, N] float64.</param>
    public Tensor WithoutUnseen(Tensor scores)
    {
        using var scope = NewDisposeScope();
        return scores.masked_fill(Shown.eq(0), double.NegativeInfinity).MoveToOuterDisposeScope();
    }

    /// <summary><c>items_shown</c>, how many items were ever shown, and <c>best_mean</c>, the highest mean response among them; both as far as remembered.</summary>
    public IReadOnlyDictionary<string, double> Diagnose()
    {
        using var scope = NewDisposeScope();
        var figures = stack([Shown.gt(0).sum(ScalarType.Float64), Means().max()]).cpu().data<double>();
        return figures[0] == 0
            ? new Dictionary<string, double> { ["items_shown"] = 0 }
            : new Dictionary<string, double> { ["items_shown"] = figures[0], ["best_mean"] = figures[1] };
    }

    public virtual void Save(IStateWriter writer)
    {
        writer.Write("sums", _sums);
        writer.Write("rounds", Rounds);
        writer.Write("users", Users);
    }

    public virtual void Load(IStateReader reader)
    {
        reader.ReadInto("sums", _sums);
        Rounds = reader.ReadCount("rounds");
        Users = reader.ReadCount("users");
        using var scope = NewDisposeScope();
        var (least, sum) = (Shown.min().item<double>(), Shown.sum().item<double>());
        // What is forgotten a little in every round adds up with rounding.
        if (least < 0 || sum > Users * _slateSize * (1 + 1e-9) || (Users > 0 && Rounds == 0))
            throw new ArgumentException($"{Users} users in {Rounds} rounds cannot have been shown items {sum} times, the rarest {least} times.");
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Takes in what one round brought.</summary>
    /// <param name="sums">[3, N] float64: <see cref="Shown"/>, <see cref="Responses"/>, <see cref="Squares"/>; to be changed in place.</param>
    /// <param name="round">The same of the round alone; <see cref="Rounds"/> does not count it yet.</param>
    protected virtual void Take(Tensor sums, Tensor round) => sums.add_(round);

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        Shown.Dispose();
        Responses.Dispose();
        Squares.Dispose();
        _sums.Dispose();
    }
}
