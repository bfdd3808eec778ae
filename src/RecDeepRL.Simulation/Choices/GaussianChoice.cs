using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Choices;

/// <summary>Every shown item is answered for itself by a number: the appeal plus normal noise, response = a + σ·z, with z standard normal from the item's coin.</summary>
/// <remarks>Responses stay in [0, 1] where the appeal keeps six deviations away from both ends, since |z| is at most 5.5: coins are multiples of 2⁻²⁴.</remarks>
/// <param name="deviation">σ, at least 0.</param>
internal sealed class GaussianChoice(double deviation) : IChoiceModel
{
    public bool SlotsAreIndependent => true;

    public Tensor Expected(Tensor appeal) => appeal.clone();

    public Tensor Draw(Tensor appeal, Tensor coins, Tensor userCoins)
    {
        using var scope = NewDisposeScope();
        return NormalCoins.Of(coins).mul_(deviation).add_(appeal).to_type(ScalarType.Float32).MoveToOuterDisposeScope();
    }
}

/// <summary>Standard normal numbers from coins.</summary>
internal static class NormalCoins
{
    /// <param name="coins">float32, multiples of 2⁻²⁴ in [0, 1); half a step up, the normal quantile is finite.</param>
    /// <returns>float64 of the same shape, lest the last step round to 1. The caller disposes.</returns>
    public static Tensor Of(Tensor coins)
    {
        using var scope = NewDisposeScope();
        return special.ndtri(coins.to_type(ScalarType.Float64).add_(1.0 / (1 << 25))).MoveToOuterDisposeScope();
    }
}
