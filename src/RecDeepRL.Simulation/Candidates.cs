using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using RecDeepRL.Simulation.Environments;
using TorchSharp;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation;

/// <summary>Which items each user may be shown: candidates drawn for each user and round, items seen before, items in stock, and pairs that are
/// allowed at all. An item is eligible where all of them say so. B users, N items, K slots.</summary>
/// <remarks>Every user always has at least K eligible items. What was seen is forgotten once fewer unseen items than needed remain, whatever is
/// in stock. Where what is in stock leaves a user fewer than K items all the same, others fill up to K: first items in stock that were seen,
/// then items out of stock, in the order of the user's draws; a pair that is not allowed never.
/// Draws are those of the streams <c>candidates</c> (lane user · N + item) and <c>availability</c> (lane item), so the items of one user
/// depend neither on the batch nor on the device.</remarks>
internal sealed class Candidates : IDisposable
{
    /// <summary>The most pairs of a user and an item that are remembered or read: one byte each on the device.</summary>
    public const int MostPairs = Data.ResponseTable.MostPairs;

    private readonly EnvironmentSpec _spec;
    private readonly UserRows _rows;
    private readonly int? _count;
    private readonly int _inStock;
    private readonly Tensor? _allowed;
    private readonly bool _ownsAllowed;
    private readonly Tensor? _seen;
    private RandomStream _draws;
    private RandomStream _stock;

    /// <param name="count">Items drawn for each user and round, from K to N; none for all.</param>
    /// <param name="excludeSeen">Whether items that a user was shown are left out.</param>
    /// <param name="availability">Share of the items that is in stock in a round, in (0, 1].</param>
    /// <param name="allowed">[U, N] bool, the pairs that may ever be shown, at least K in each row, of the users whose state is held; none for all. Ownership passes to the candidates.</param>
    public Candidates(EnvironmentSpec spec, int? count, bool excludeSeen, double availability, Tensor? allowed, long seed)
        : this(spec, count, excludeSeen, Math.Max(spec.SlateSize, (int)Math.Round(availability * spec.ItemCount, MidpointRounding.AwayFromZero)), allowed?.DetachFromDisposeScope(), true, seed)
    {
    }

    private Candidates(EnvironmentSpec spec, int? count, bool excludeSeen, int inStock, Tensor? allowed, bool ownsAllowed, long seed)
    {
        _spec = spec;
        _rows = UserRows.Of(spec.Users);
        _count = count;
        _inStock = inStock;
        _allowed = allowed;
        _ownsAllowed = ownsAllowed;
        _seen = excludeSeen ? zeros([_rows.Count, spec.ItemCount], ScalarType.Bool, spec.Device).DetachFromDisposeScope() : null;
        _draws = new RandomStream(seed, "candidates");
        _stock = new RandomStream(seed, "availability");
    }

    /// <summary>What the options ask for; none where they leave every item eligible.</summary>
    /// <param name="allowed">[U · N] the pairs that may be shown, users first; none for all.</param>
    /// <exception cref="UserMistakeException">Fewer candidates than slots or more than items, or more pairs than can be remembered.</exception>
    public static Candidates? Create(BatchOptions options, EnvironmentSpec spec, bool[]? allowed, long seed)
    {
        if (options.Candidates is { } count && (count < spec.SlateSize || count > spec.ItemCount))
            throw new UserMistakeException($"candidates was {count}, must be from the slate size, {spec.SlateSize}, to the number of items, {spec.ItemCount}, or none.");
        if (options.ExcludeSeen)
            RequirePairsFit("excludeSeen", spec.Users.Count, spec.ItemCount);
        if (options.Candidates is null && !options.ExcludeSeen && options.Availability >= 1 && allowed is null)
            return null;
        return new Candidates(spec, options.Candidates, options.ExcludeSeen, options.Availability,
            allowed is null ? null : AllowedTo(spec, allowed), seed);
    }

    private static Tensor AllowedTo(EnvironmentSpec spec, bool[] allowed)
    {
        var (first, count) = ((long)spec.Users.First * spec.ItemCount, (long)spec.Users.Count * spec.ItemCount);
        return tensor(count == allowed.Length ? allowed : [.. allowed.AsSpan((int)first, (int)count)], [spec.Users.Count, spec.ItemCount], ScalarType.Bool, spec.Device);
    }

    /// <summary>Checks that a mark for each pair of a user and an item can be held.</summary>
    /// <exception cref="UserMistakeException">Too many pairs.</exception>
    public static void RequirePairsFit(string option, int users, int items)
    {
        if ((long)users * items > MostPairs)
            throw new UserMistakeException($"{option} needs a mark for each of {users} users and {items} items, {(long)users * items} pairs; at most {MostPairs} are possible. Ask for fewer users or items, or leave {option} out.");
    }

    /// <summary>The items that users may be shown, as of now.</summary>
    /// <param name="userIds">[B] int64, distinct.</param>
    /// <param name="drawKey">Keys the draws: the round, or the draw key of an evaluation.</param>
    /// <returns>[B, N] bool, at least K true in each row. The caller disposes.</returns>
    public Tensor EligibleTo(Tensor userIds, long drawKey)
    {
        using var scope = NewDisposeScope();
        var userCount = userIds.size(0);
        var eligible = empty([userCount, _spec.ItemCount], ScalarType.Bool, device: _spec.Device);
        var stock = _inStock < _spec.ItemCount ? Stock(drawKey) : null;
        // Draws take eight bytes a pair, the mask one: blocks keep the former small, and on the CPU within its cache.
        var rows = Math.Max(1, (_spec.Device.type == DeviceType.CPU ? 1L << 16 : 1L << 24) / _spec.ItemCount);
        for (long start = 0; start < userCount; start += rows)
        {
            using var block = NewDisposeScope();
            var count = Math.Min(rows, userCount - start);
            eligible.narrow(0, start, count).copy_(EligibleInBlock(userIds.narrow(0, start, count), stock, drawKey));
        }
        return eligible.MoveToOuterDisposeScope();
    }

    /// <summary>Takes note of what users were shown. A user of whose items fewer are left than a round needs starts over.</summary>
    public void Remember(Tensor userIds, Tensor slates)
    {
        if (_seen is null)
            return;
        using var scope = NewDisposeScope();
        var rows = _rows.Of(userIds);
        var seen = _seen.index_select(0, rows).scatter_(1, slates, ones_like(slates, ScalarType.Bool));
        var needed = full([userIds.size(0)], Math.Max(_spec.SlateSize, _count ?? 0), ScalarType.Int64, _spec.Device);
        var left = seen.logical_not();
        if (_allowed?.index_select(0, rows) is { } allowed)
        {
            left.logical_and_(allowed);
            needed = needed.minimum(allowed.sum(1));
        }
        seen.masked_fill_(left.sum(1).lt(needed).unsqueeze(1), false);
        _seen.index_copy_(0, rows, seen);
    }

    /// <summary>Forgets what users were shown, such as those whose place a new visitor takes.</summary>
    public void Forget(Tensor userIds)
    {
        using var rows = _rows.Of(userIds);
        _seen?.index_fill_(0, rows, false);
    }

    /// <summary>Forgets what anybody was shown; draws come from another seed.</summary>
    public void Reset(long seed)
    {
        _draws = new RandomStream(seed, "candidates");
        _stock = new RandomStream(seed, "availability");
        _seen?.zero_();
    }

    /// <summary>The same rules with draws from a seed of its own, nobody having seen anything. It shares the allowed pairs and must not outlive this one.</summary>
    public Candidates Fresh(long seed) => new(_spec, _count, _seen is not null, _inStock, _allowed, ownsAllowed: false, seed);

    /// <summary>What is wrong with slates under an observation's mask, or nothing. Waits for the device where there is a mask.</summary>
    public static string? FaultOf(Observation observation, Tensor slates)
    {
        if (observation.EligibleItems is not { } eligible || observation.UserCount == 0)
            return null;
        using var scope = NewDisposeScope();
        var shown = slates.to(eligible.device);
        var faults = eligible.gather(1, shown).logical_not_().nonzero();
        if (faults.size(0) == 0)
            return null;
        var (row, slot) = (faults[0, 0].item<long>(), faults[0, 1].item<long>());
        return $"slates shows item {shown[row, slot].item<long>()} to user {observation.UserIds[row].item<long>()}, who may not be shown it; EligibleItems of the observation holds what each user may be shown.";
    }

    /// <summary>Seeds are saved by the environment.</summary>
    public void Save(IStateWriter writer)
    {
        if (_seen is not null)
            writer.Write("seen", _seen);
    }

    /// <summary>Restores what <see cref="Save"/> wrote, after a <see cref="Reset"/> to the seed saved with it.</summary>
    public void Load(IStateReader reader)
    {
        if (_seen is not null)
            reader.ReadInto("seen", _seen);
    }

    public void Dispose()
    {
        _seen?.Dispose();
        if (_ownsAllowed)
            _allowed?.Dispose();
    }

    /// <returns>[1, N] bool, the same for all users.</returns>
    private Tensor Stock(long drawKey)
    {
        using var scope = NewDisposeScope();
        var draws = _stock.Bits(drawKey, arange(_spec.ItemCount, ScalarType.Int64, _spec.Device)).unsqueeze(0);
        return Marked(draws.topk(_inStock, dim: 1, sorted: false).indexes).MoveToOuterDisposeScope();
    }

    private Tensor EligibleInBlock(Tensor userIds, Tensor? stock, long drawKey)
    {
        var rows = _rows.Of(userIds);
        var allowed = _allowed?.index_select(0, rows);
        var unseen = _seen?.index_select(0, rows).logical_not_();
        var open = Both(Both(allowed, unseen), stock);
        if (_count is null && (stock is null || (allowed is null && unseen is null)))
            return open ?? ones([1, 1], ScalarType.Bool, _spec.Device); // Enough for a slate by itself.

        var order = Order(userIds, drawKey, allowed, unseen, stock);
        var first = order.topk(_count ?? _spec.SlateSize, dim: 1).indexes;
        if (open is null)
            return Marked(first);
        var certain = Marked(first.narrow(1, 0, _spec.SlateSize));
        return (_count is null ? open : Marked(first).logical_and_(open)).logical_or(certain);
    }

    /// <summary>[B, N] int64, higher for items that come first: open ones, then seen ones in stock, then those out of stock; at random among equals, never a pair that is not allowed.</summary>
    private Tensor Order(Tensor userIds, long drawKey, Tensor? allowed, Tensor? unseen, Tensor? stock)
    {
        var lanes = userIds.mul(_spec.ItemCount).unsqueeze(1).add(arange(_spec.ItemCount, ScalarType.Int64, _spec.Device));
        // All 64 bits of a draw but three, which make room for the classes above: equal draws are as good as impossible.
        var order = _draws.Bits(drawKey, lanes).bitwise_right_shift_(tensor(3L, device: _spec.Device));
        if (stock is not null)
            order.add_(stock.to_type(ScalarType.Int64).mul_(1L << 62));
        if (unseen is not null)
            order.add_(unseen.to_type(ScalarType.Int64).mul_(1L << 61));
        return allowed is null ? order : order.masked_fill_(allowed.logical_not(), long.MinValue);
    }

    private Tensor Marked(Tensor items) =>
        zeros([items.size(0), _spec.ItemCount], ScalarType.Bool, _spec.Device).scatter_(1, items, ones_like(items, ScalarType.Bool));

    private static Tensor? Both(Tensor? first, Tensor? second) => first is null ? second : second is null ? first : first.logical_and(second);
}
