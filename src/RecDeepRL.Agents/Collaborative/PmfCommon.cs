using static TorchSharp.torch;

namespace RecDeepRL.Agents.Collaborative;

/// <summary>What the posteriors of all users of <see cref="PmfModel"/> rest on. N items, F factors; disposed with the scope it was made in.</summary>
/// <param name="Noise">[N] float32, σ².</param>
/// <param name="Items">[N, F] float32, q.</param>
/// <param name="Squares">[N, F·F] float64, of q, for variances.</param>
internal sealed record PmfCommon(Tensor Noise, Tensor Items, Tensor? Squares);
