using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>μᵢ + √(c·ln n / nᵢ): Auer, Cesa-Bianchi and Fischer 2002, UCB1, where c = 2.</summary>
internal static class UcbIndex
{
    /// <param name="exploration">c, at least 0.</param>
    public static Tensor Of(ItemFigures figures, double exploration) => figures.Mean + (figures.Total.log() * exploration / figures.Shown).sqrt_();
}
