using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Choices;

/// <summary>How a user answers a whole slate, given how much each of its items appeals when shown alone.</summary>
internal interface IChoiceModel
{
    /// <summary>Whether the response to an item depends on neither its slot nor its neighbours.</summary>
    bool SlotsAreIndependent { get; }

    /// <param name="appeal">[B, K] float32, at least 0, in [0, 1] where responses are clicks, in the order of the slots.</param>
    /// <returns>[B, K] float32, the probability of each response; where responses are not clicks, the mean of each.</returns>
    Tensor Expected(Tensor appeal);

    /// <summary>The responses that the coins decide. Their means over the coins are <see cref="Expected"/>.</summary>
    /// <param name="appeal">[B, K] float32, at least 0, in [0, 1] where responses are clicks, in the order of the slots.</param>
    /// <param name="coins">[B, K] float32, uniform in [0, 1): one for each user and item, the same wherever and with whatever else the item is shown.</param>
    /// <param name="userCoins">[B] float32, uniform in [0, 1): one for each user, for what concerns the slate as a whole, such as the choice of no item.</param>
    /// <returns>[B, K] float32, 0 or 1 where responses are clicks.</returns>
    Tensor Draw(Tensor appeal, Tensor coins, Tensor userCoins);
}

/// <summary>Each item is answered for itself: a response where the coin falls below the appeal.</summary>
internal sealed class IndependentChoice : IChoiceModel
{
    public bool SlotsAreIndependent => true;

    public Tensor Expected(Tensor appeal) => appeal.clone();

    public Tensor Draw(Tensor appeal, Tensor coins, Tensor userCoins)
    {
        using var hits = coins.lt(appeal);
        return hits.to_type(ScalarType.Float32);
    }
}
