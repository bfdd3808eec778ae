using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Dynamics;

/// <summary>One way in which users change by what they are shown. It holds a state for every user of the population, on the device, and
/// the environment composes any number of them. B users of a round, K slots, N items.</summary>
internal interface IUserDynamics : IDisposable
{
    /// <summary>The appeal of items to users as they are now.</summary>
    /// <param name="appeal">[B, K] float32 in [0, 1], what it would be without this part. Borrowed.</param>
    /// <param name="userIds">[B] int64.</param>
    /// <param name="items">[B, K] int64; K may be N.</param>
    /// <returns>[B, K] float32 in [0, 1]. The caller disposes.</returns>
    Tensor Adjust(Tensor appeal, Tensor userIds, Tensor items);

    /// <summary>Moves the users of a round on by what they were shown and did.</summary>
    void Advance(DynamicsRound round);

    /// <summary>Lets time pass for users who were not shown anything in a round, such as those who are away.</summary>
    /// <param name="userIds">[B'] int64.</param>
    void Rest(Tensor userIds);

    /// <summary>Puts users back to where everybody begins.</summary>
    void Restart(Tensor userIds);

    /// <summary>Who leaves after the round, judged after <see cref="Advance"/>; none where this part makes nobody leave.</summary>
    /// <returns>[B] bool, or none. The caller disposes.</returns>
    Tensor? Leaving(DynamicsRound round);

    /// <summary>How much showing each item now takes from the rounds to come, in any unit: planning policies weigh it against the appeal.</summary>
    /// <returns>[B, N] float32, or none where showing an item costs nothing. The caller disposes.</returns>
    Tensor? Burden(Tensor userIds);

    /// <summary>A part of the same kind with the same hidden constants (population, tastes), every user at the beginning.</summary>
    IUserDynamics Fresh();

    void Save(IStateWriter writer);

    void Load(IStateReader reader);
}

/// <summary>A round as the dynamics see it. Tensors are borrowed.</summary>
/// <param name="UserIds">[B] int64.</param>
/// <param name="Slates">[B, K] int64.</param>
/// <param name="Responses">[B, K] float32.</param>
/// <param name="Coins">Draws of this round, by stream name: [B] uniforms in [0, 1), one for each user.</param>
internal sealed record DynamicsRound(Tensor UserIds, Tensor Slates, Tensor Responses, Func<string, Tensor> Coins);
