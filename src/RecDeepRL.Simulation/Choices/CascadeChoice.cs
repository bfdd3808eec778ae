using System.ComponentModel.DataAnnotations;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Choices;

/// <summary>Options of the choice model <c>cascade</c>.</summary>
internal sealed record CascadeOptions
{
    /// <summary>Probability that a user reads on after a response, in [0, 1]. At 0 there is at most one response for each slate. Default 0.</summary>
    [Range(0.0, 1.0)]
    public double Continuation { get; init; }
}

/// <summary>The user reads from the top, responds to what appeals, and stops there or reads on: P(response in slot k) = appealₖ · Π (1 −
/// appealⱼ · (1 − continuation)) over the slots j before k. Without continuation it is the cascade model of Craswell et al. 2008, An experimental
/// comparison of click position-bias models; with it the dependent click model of Guo et al. 2009, Efficient multiple-click models in web search.</summary>
/// <remarks>Deviates: Guo et al. let the continuation depend on the slot; here it is one number, and then the most appealing items make
/// the best slate, in whatever order. An item appeals where its coin &lt; appeal; given that, coin / appeal is uniform and decides
/// whether the user reads on (below the continuation), so that this too belongs to user and item and not to the slot.</remarks>
internal sealed class CascadeChoice(CascadeOptions options) : IChoiceModel
{
    public bool SlotsAreIndependent => false;

    public Tensor Expected(Tensor appeal)
    {
        using var scope = NewDisposeScope();
        var goesOn = appeal.mul(options.Continuation - 1).add_(1.0);
        return appeal.mul(Before(goesOn.cumprod(1), 1)).MoveToOuterDisposeScope();
    }

    public Tensor Draw(Tensor appeal, Tensor coins, Tensor userCoins)
    {
        using var scope = NewDisposeScope();
        var responses = coins.lt(appeal).to_type(ScalarType.Float32);
        var stops = responses.mul(coins.ge(appeal.mul(options.Continuation)).to_type(ScalarType.Float32));
        return responses.mul(Before(stops.cumsum(1), 0).eq(0f).to_type(ScalarType.Float32)).MoveToOuterDisposeScope();
    }

    /// <summary>What has run up before each slot: the columns moved one slot on.</summary>
    private static Tensor Before(Tensor running, float first)
    {
        var (rows, slots) = (running.size(0), running.size(1));
        return cat([full([rows, 1], first, running.dtype, running.device), running.narrow(1, 0, slots - 1)], 1);
    }
}
