using System.ComponentModel.DataAnnotations;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Dynamics;

/// <summary>Options of the dynamics <c>leaving</c>.</summary>
internal sealed record LeavingOptions
{
    /// <summary>Probability of leaving after a round, whatever was shown, in [0, 1]. Default 0.02.</summary>
    [Range(0.0, 1.0)]
    public double Probability { get; init; } = .02;
}

/// <summary>Users leave for reasons of their own: after each round with the same probability, so that sessions last 1/probability rounds on average.</summary>
internal sealed class Leaving(LeavingOptions options) : IUserDynamics
{
    public string Name => "leaving";

    public bool EndsSessions => true;

    Tensor IUserDynamics.Leaving(DynamicsRound round)
    {
        using var coins = round.Coins();
        return coins.lt(options.Probability);
    }

    public IUserDynamics Fresh() => new Leaving(options);

    public void Dispose() { }
}
