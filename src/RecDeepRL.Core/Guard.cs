using static TorchSharp.torch;

namespace RecDeepRL.Core;

/// <summary>Checks at the borders between rooms: a violated contract is named, with what came and what was expected.</summary>
public static class Guard
{
    /// <summary>Slates up to this size are checked for repeats by comparing slots, which is faster than sorting them.</summary>
    private const int ComparedPairwise = 16;

    /// <summary>Requires a shape; −1 stands for any size.</summary>
    /// <param name="name">What the caller calls the tensor.</param>
    /// <param name="dimensions">What its dimensions mean, such as <c>users, slots</c>.</param>
    /// <exception cref="ArgumentException">The shape differs.</exception>
    public static void Shape(Tensor tensor, string name, string dimensions, params ReadOnlySpan<long> expected)
    {
        var actual = tensor.shape;
        var same = actual.Length == expected.Length;
        for (var index = 0; same && index < actual.Length; index++)
            same = expected[index] < 0 || actual[index] == expected[index];
        if (same)
            return;
        var wanted = string.Join(", ", expected.ToArray().Select(size => size < 0 ? "any" : size.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        throw new ArgumentException($"{name} has shape [{string.Join(", ", actual)}], expected [{wanted}] ({dimensions}).", name);
    }

    /// <summary>Requires a slate tensor: [B, K] int64, ids from 0 to N − 1, distinct in each row. Waits for the device once.</summary>
    /// <exception cref="ArgumentException">Wrong shape or type, an id out of range, or an item twice in one slate.</exception>
    public static void Slates(Tensor slates, long userCount, EnvironmentSpec spec)
    {
        Shape(slates, "slates", "users, slots", userCount, spec.SlateSize);
        if (slates.dtype != ScalarType.Int64)
            throw new ArgumentException($"slates has type {slates.dtype}, expected Int64 (item ids).", nameof(slates));
        if (userCount == 0)
            return;
        var facts = Facts(slates, spec.SlateSize);
        if (facts[0] < 0 || facts[1] >= spec.ItemCount)
            throw new ArgumentException($"slates holds item ids from {facts[0]} to {facts[1]}, allowed are 0 to {spec.ItemCount - 1}.", nameof(slates));
        if (facts[2] != 0)
            throw new ArgumentException("slates shows an item twice to the same user; the items of a slate must be distinct.", nameof(slates));
    }

    /// <summary>The lowest id, the highest, and above 0 where an item stands twice in a row.</summary>
    private static long[] Facts(Tensor slates, int slateSize)
    {
        using var scope = NewDisposeScope();
        var (lowest, highest) = (slates.min(), slates.max());
        var repeated = zeros([], ScalarType.Int64, slates.device);
        foreach (var (start, count) in UserSlices.Of(slates.shape[0], slateSize, slates.device))
        {
            using var slice = NewDisposeScope();
            var rows = slates.narrow(0, start, count);
            if (slateSize <= ComparedPairwise)
            {
                for (var distance = 1; distance < slateSize; distance++)
                    repeated.add_(rows.narrow(1, distance, slateSize - distance).eq(rows.narrow(1, 0, slateSize - distance)).sum());
            }
            else
            {
                var sorted = rows.sort(dim: 1).Values;
                repeated.add_(sorted.narrow(1, 1, slateSize - 1).eq(sorted.narrow(1, 0, slateSize - 1)).sum());
            }
        }
        return stack([lowest, highest, repeated]).cpu().data<long>().ToArray();
    }

    /// <summary>Requires every value to be finite. Waits for the device once.</summary>
    /// <exception cref="ArithmeticException">NaN or an infinity.</exception>
    public static void Finite(Tensor tensor, string name)
    {
        using var scope = NewDisposeScope();
        if (!tensor.isfinite().all().item<bool>())
            throw new ArithmeticException($"{name} holds NaN or an infinity.");
    }
}
