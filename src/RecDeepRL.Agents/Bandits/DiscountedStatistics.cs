using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Statistics in which everything counts γ times as much after each round: Garivier and Moulines 2011, with rounds for steps.</summary>
/// <remarks>An item of which less than 10⁻⁹ of a showing is left counts as never shown.</remarks>
/// <param name="discount">γ, in (0, 1].</param>
internal sealed class DiscountedStatistics(EnvironmentSpec spec, double discount) : ItemStatistics(spec)
{
    private const double Forgotten = 1e-9;

    protected override void Take(Tensor sums, Tensor round)
    {
        sums.mul_(discount).add_(round);
        sums.masked_fill_(sums.narrow(0, 0, 1).lt(Forgotten), 0.0);
    }
}
