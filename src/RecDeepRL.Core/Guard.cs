using static TorchSharp.torch;

namespace RecDeepRL.Core;

/// <summary>Checks at the borders between rooms: a violated contract is named, with what came and what was expected.</summary>
public static class Guard
{
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
        using var scope = NewDisposeScope();
        var range = stack([slates.min(), slates.max()]);
        var sorted = slates.sort(dim: 1).Values;
        var repeated = spec.SlateSize == 1
            ? zeros([1], ScalarType.Int64, slates.device)
            : (sorted.narrow(1, 1, spec.SlateSize - 1) == sorted.narrow(1, 0, spec.SlateSize - 1)).any().to_type(ScalarType.Int64).reshape(1);
        var facts = cat([range, repeated]).cpu().data<long>().ToArray();
        if (facts[0] < 0 || facts[1] >= spec.ItemCount)
            throw new ArgumentException($"slates holds item ids from {facts[0]} to {facts[1]}, allowed are 0 to {spec.ItemCount - 1}.", nameof(slates));
        if (facts[2] != 0)
            throw new ArgumentException("slates shows an item twice to the same user; the items of a slate must be distinct.", nameof(slates));
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
