using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation;

/// <summary>The luck of an environment: one counter-based stream for each purpose. Draws are keyed by the iteration, the user, and the item where there is one.</summary>
internal sealed class EnvironmentCoins(long seed)
{
    private readonly RandomStream _inclusion = new(seed, "inclusion");
    private readonly RandomStream _responses = new(seed, "responses");
    private readonly RandomStream _slates = new(seed, "slates");
    private readonly RandomStream _returns = new(seed, "returns");

    public long Seed => seed;

    /// <summary>Who takes part in a round: lane user.</summary>
    public RandomStream Inclusion => _inclusion;

    /// <summary>Responses to items: lane user · N + item.</summary>
    /// <returns>[B, K] float32.</returns>
    public Tensor Responses(long iteration, Tensor users, Tensor slates, int itemCount)
    {
        using var scope = NewDisposeScope();
        var pairs = users.mul(itemCount).unsqueeze(1).add(slates);
        return _responses.Uniform(iteration, pairs).MoveToOuterDisposeScope();
    }

    /// <summary>The stream of the coins for items, for what draws them on the way.</summary>
    public RandomStream ResponseStream => _responses;

    /// <summary>What concerns a slate as a whole: lane user.</summary>
    public Tensor Slates(long iteration, Tensor users) => _slates.Uniform(iteration, users);

    /// <summary>Who comes back: lane user.</summary>
    public Tensor Returns(long iteration, Tensor users) => _returns.Uniform(iteration, users);

    /// <summary>Draws of one part of the dynamics: lane user.</summary>
    public Tensor Dynamics(string name, long iteration, Tensor users) => new RandomStream(seed, "dynamics:" + name).Uniform(iteration, users);
}
