using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Contextual;

/// <summary>For each item the latest responses to it, and the features of those who gave them. N items, C places for each, D features.</summary>
internal sealed class ItemMemories : IDisposable
{
    private readonly Tensor _features;
    private long _rows;

    public ItemMemories(int itemCount, int capacity, int featureCount, Device device)
    {
        Capacity = capacity;
        _features = zeros([featureCount, itemCount, capacity], ScalarType.Float32, device).DetachFromDisposeScope();
        Responses = zeros([itemCount, capacity], ScalarType.Float32, device).DetachFromDisposeScope();
        Shown = zeros([itemCount], ScalarType.Int64, device).DetachFromDisposeScope();
    }

    /// <summary>C.</summary>
    public int Capacity { get; }

    /// <summary>[N, C] float32, 0 where there is none yet. Borrowed by whoever reads it.</summary>
    public Tensor Responses { get; }

    /// <summary>[N] int64, how often each item was shown. Borrowed by whoever reads it.</summary>
    public Tensor Shown { get; }

    /// <summary>Places that may hold a response of some item: the first ones.</summary>
    public long Held => Math.Min(Capacity, _rows);

    /// <param name="features">[B, D] float32, or none.</param>
    /// <param name="slates">[B, K] int64.</param>
    /// <param name="responses">[B, K] float32.</param>
    public void Add(Tensor? features, Tensor slates, Tensor responses)
    {
        using var scope = NewDisposeScope();
        // The j-th row of an item in this batch goes j places after the item's latest. Of more than C only the last C are written, each place once.
        var (items, order) = slates.reshape(-1).sort(stable: true);
        var added = zeros_like(Shown).index_add_(0, items, ones_like(items), 1);
        var rank = arange(items.size(0), ScalarType.Int64, items.device) - (added.cumsum(0) - added).index_select(0, items);
        var written = rank.ge(added.index_select(0, items) - Capacity).nonzero().squeeze(1);
        var (item, row) = (items.index_select(0, written), order.index_select(0, written));
        var place = Shown.index_select(0, item).add_(rank.index_select(0, written)).remainder_(Capacity).add_(item * Capacity);
        Responses.view(-1).index_copy_(0, place, responses.reshape(-1).index_select(0, row));
        if (features is not null)
        {
            var user = row.div(slates.size(1), rounding_mode: RoundingMode.floor);
            _features.view(_features.size(0), -1).index_copy_(1, place, features.index_select(0, user).t());
        }
        Shown.add_(added);
        _rows += items.size(0);
    }

    /// <summary>Squared distances, summed feature by feature, so that they do not depend on how a batch is split.</summary>
    /// <param name="features">[B, D] float32.</param>
    /// <returns>[B, N, held] float32; +∞ where there is no response. The caller disposes.</returns>
    public Tensor Distances(Tensor features)
    {
        using var scope = NewDisposeScope();
        var (held, itemCount) = (Held, Shown.size(0));
        var distances = zeros([features.size(0), itemCount, held], ScalarType.Float32, features.device);
        for (var feature = 0; feature < _features.size(0); feature++)
        {
            using var featureScope = NewDisposeScope();
            var difference = features.select(1, feature).reshape(-1, 1, 1) - _features.select(0, feature).narrow(1, 0, held).unsqueeze(0);
            distances.add_(difference.mul_(difference));
        }
        var empty = arange(held, ScalarType.Int64, features.device).unsqueeze(0).ge(Shown.unsqueeze(1));
        return distances.masked_fill_(empty.unsqueeze(0), float.PositiveInfinity).MoveToOuterDisposeScope();
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("rows", _rows);
        writer.Write("shown", Shown);
        writer.Write("responses", Responses);
        writer.Write("features", _features);
    }

    public void Load(IStateReader reader)
    {
        _rows = reader.ReadCount("rows");
        reader.ReadInto("shown", Shown);
        reader.ReadInto("responses", Responses);
        reader.ReadInto("features", _features);
    }

    public void Dispose()
    {
        _features.Dispose();
        Responses.Dispose();
        Shown.Dispose();
    }
}
