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

    /// <summary>Requires a slate tensor: [B, K] int64, ids from 0 to N − 1, distinct in each row. Waits for the device, once unless the batch is very large.</summary>
    /// <exception cref="ArgumentException">Wrong shape or type, an id out of range, or an item twice in one slate.</exception>
    public static void Slates(Tensor slates, long userCount, EnvironmentSpec spec)
    {
        Shape(slates, "slates", "users, slots", userCount, spec.SlateSize);
        if (slates.dtype != ScalarType.Int64)
            throw new ArgumentException($"slates has type {slates.dtype}, expected Int64 (item ids).", nameof(slates));
        if (userCount == 0)
            return;
        var facts = SlateFacts.Of(slates);
        if (facts.Lowest < 0 || facts.Highest >= spec.ItemCount)
            throw new ArgumentException($"slates holds item ids from {facts.Lowest} to {facts.Highest}, allowed are 0 to {spec.ItemCount - 1}.", nameof(slates));
        if (facts.Repeats)
            throw new ArgumentException("slates shows an item twice to the same user; the items of a slate must be distinct.", nameof(slates));
    }

    /// <summary>Requires every whole number of a tensor to lie within bounds. Waits for the device once.</summary>
    /// <param name="highest">Inclusive, as is <paramref name="lowest"/>.</param>
    /// <exception cref="ArgumentException">One lies outside.</exception>
    public static void Within(Tensor tensor, string name, long lowest, long highest)
    {
        if (tensor.numel() == 0)
            return;
        using var scope = NewDisposeScope();
        var ends = stack([tensor.min(), tensor.max()]).to_type(ScalarType.Int64).cpu().data<long>().ToArray();
        if (ends[0] < lowest || ends[1] > highest)
            throw new ArgumentException($"{name} holds numbers from {ends[0]} to {ends[1]}, allowed are {lowest} to {highest}.", nameof(tensor));
    }

    /// <summary>Requires every value to be finite. Waits for the device once.</summary>
    /// <exception cref="ArithmeticException">NaN or an infinity.</exception>
    public static void Finite(Tensor tensor, string name)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        // The sum is a number wherever all are and it does not itself overflow, and needs no second tensor of the size.
        if (tensor.numel() == 0 || tensor.sum().isfinite().item<bool>())
            return;
        if (!tensor.isfinite().all().item<bool>())
            throw new ArithmeticException($"{name} holds NaN or an infinity.");
    }
}
