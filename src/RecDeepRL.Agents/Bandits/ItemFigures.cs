using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>What an index is computed from. All float64; the first three are [N], or [G, N] where an index is wanted for several numbers of showings.</summary>
/// <param name="Shown">nᵢ, above 0.</param>
/// <param name="Mean">μᵢ, the mean response.</param>
/// <param name="Variance">σᵢ², the variance of the responses, at least 0.</param>
/// <param name="Total">[], n = Σ nᵢ, at least 1.</param>
internal sealed record ItemFigures(Tensor Shown, Tensor Mean, Tensor Variance, Tensor Total);
