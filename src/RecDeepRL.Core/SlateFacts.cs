using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace RecDeepRL.Core;

/// <summary>What has to be known of slates to judge whether they are proper.</summary>
/// <param name="Lowest">The lowest item id.</param>
/// <param name="Highest">The highest.</param>
/// <param name="Repeats">Whether some row holds an item twice.</param>
internal readonly record struct SlateFacts(long Lowest, long Highest, bool Repeats)
{
    private const int Marks = 1 << 12;

    /// <summary>Slates up to this size are searched for repeats by comparing slots where that is done by tensor operations: it is faster than sorting them.</summary>
    private const int ComparedPairwise = 16;

    private static SlateFacts None { get; } = new(long.MaxValue, long.MinValue, false);

    /// <param name="slates">[B, K] int64, at least one row. Borrowed.</param>
    public static SlateFacts Of(Tensor slates) => slates.device_type == DeviceType.CPU ? InOnePass(slates) : ByTensorOperations(slates);

    /// <summary>On any device; what the pass over memory must equal. Waits for the device, once unless the batch is very large.</summary>
    internal static SlateFacts ByTensorOperations(Tensor slates)
    {
        var (facts, gate) = (None, new Lock());
        UserSlices.ForEach(slates.size(0), slates.size(1), slates.device, (start, count) =>
        {
            var rows = slates.narrow(0, start, count);
            var slice = stack([rows.min(), rows.max(), RepeatsIn(rows)]).cpu().data<long>().ToArray();
            lock (gate)
                facts = facts.And(new SlateFacts(slice[0], slice[1], slice[2] != 0));
        });
        return facts;
    }

    private static SlateFacts InOnePass(Tensor slates)
    {
        using var scope = NewDisposeScope();
        var rows = slates.contiguous();
        var (items, slots) = (new TensorMemory<long>(rows), (int)rows.size(1));
        var (facts, gate) = (None, new Lock());
        UserSlices.ForEachInOnePass(rows.size(0), slots, (start, count) =>
        {
            var slice = OfRows(items.Slice(start * slots, count * slots), slots);
            lock (gate)
                facts = facts.And(slice);
        });
        GC.KeepAlive(rows);
        return facts;
    }

    /// <summary>Each row leaves its number at the marks of its items: a mark that holds the number already tells of an item seen twice, or of two items that share a
    /// mark, which sorting the row decides.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static SlateFacts OfRows(ReadOnlySpan<long> items, int slots)
    {
        var (lowest, highest, repeats) = (long.MaxValue, long.MinValue, false);
        if (slots == 1)
        {
            foreach (var item in items)
            {
                lowest = Math.Min(lowest, item);
                highest = Math.Max(highest, item);
            }
            return new SlateFacts(lowest, highest, false);
        }
        Span<int> marks = stackalloc int[Marks];
        marks.Clear();
        for (var row = 1; row <= items.Length / slots; row++)
        {
            var slate = items.Slice((row - 1) * slots, slots);
            var suspicious = false;
            foreach (var item in slate)
            {
                lowest = Math.Min(lowest, item);
                highest = Math.Max(highest, item);
                ref var mark = ref marks[(int)(item & (Marks - 1))];
                suspicious |= mark == row;
                mark = row;
            }
            if (suspicious && !repeats)
                repeats = RepeatsWhenSorted(slate);
        }
        return new SlateFacts(lowest, highest, repeats);
    }

    private static bool RepeatsWhenSorted(ReadOnlySpan<long> slate)
    {
        var sorted = slate.ToArray();
        Array.Sort(sorted);
        for (var slot = 1; slot < sorted.Length; slot++)
        {
            if (sorted[slot] == sorted[slot - 1])
                return true;
        }
        return false;
    }

    private static Tensor RepeatsIn(Tensor rows)
    {
        var slots = rows.size(1);
        var repeats = zeros([], ScalarType.Int64, rows.device);
        if (slots > ComparedPairwise)
        {
            var sorted = rows.sort(dim: 1).Values;
            return repeats.add_(sorted.narrow(1, 1, slots - 1).eq(sorted.narrow(1, 0, slots - 1)).sum());
        }
        for (var distance = 1; distance < slots; distance++)
            repeats.add_(rows.narrow(1, distance, slots - distance).eq(rows.narrow(1, 0, slots - distance)).sum());
        return repeats;
    }

    private SlateFacts And(SlateFacts other) => new(Math.Min(Lowest, other.Lowest), Math.Max(Highest, other.Highest), Repeats || other.Repeats);
}
