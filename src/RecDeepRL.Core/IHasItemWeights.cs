using static TorchSharp.torch;

namespace RecDeepRL.Core;

/// <summary>An agent that holds a weight for each item and feature, so that its estimate of an item is linear in the features, on a scale of its own
/// (the response, or the log-odds of one).</summary>
public interface IHasItemWeights
{
    /// <summary>Changes nothing.</summary>
    ItemWeights ItemWeights();
}

/// <summary>Weights by item and feature.</summary>
/// <param name="Values">[N, F] float32.</param>
/// <param name="Features">[F] names, in the order of the columns; the constant is called <c>bias</c>.</param>
/// <param name="Scale">What the weighted sum is: <c>response</c> or <c>log-odds</c>.</param>
public sealed record ItemWeights(Tensor Values, IReadOnlyList<string> Features, string Scale) : IDisposable
{
    public void Dispose() => Values.Dispose();
}
