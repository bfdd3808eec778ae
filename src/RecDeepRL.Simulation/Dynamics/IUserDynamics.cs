using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Dynamics;

/// <summary>One way in which users change by what they are shown. It holds a state for every user of the environment, on the device, and
/// the environment composes any number of them. B users of a round, K slots, N items.</summary>
/// <remarks>Users are given by their rows in the state, which are their ids unless the environment holds a part of the population only.
/// Time is counted in rounds of the user: where there are sessions, a round of the environment that passes without a user who is
/// in a session changes nothing for the user; where there are none, it is a rest.</remarks>
internal interface IUserDynamics : IDisposable
{
    /// <summary>The registered name, such as <c>satiation</c>; names its coins and its state.</summary>
    string Name { get; }

    /// <summary>Whether it makes users leave. It then needs sessions.</summary>
    bool EndsSessions => false;

    /// <summary>The appeal of items to users as they are now.</summary>
    /// <param name="appeal">[B, K] float32, at least 0, in [0, 1] where responses are clicks: what it would be without this part. Borrowed.</param>
    /// <param name="userIds">[B] int64.</param>
    /// <param name="items">[B, K] int64; K may be N.</param>
    /// <returns>[B, K] float32 of the same range, or none where this part leaves the appeal as it is. The caller disposes.</returns>
    Tensor? Adjust(Tensor appeal, Tensor userIds, Tensor items) => null;

    /// <summary>Moves the users of a round on by what they were shown and did.</summary>
    void Advance(DynamicsRound round) { }

    /// <summary>Lets one round pass for users who took no part in it and for whom time goes on, such as those who are away.</summary>
    /// <param name="userIds">[B'] int64, perhaps none.</param>
    void Rest(Tensor userIds) { }

    /// <summary>Begins another session of the same people, with what stayed with them.</summary>
    /// <param name="userIds">[B'] int64, perhaps none.</param>
    void Return(Tensor userIds) { }

    /// <summary>Puts users back to where everybody begins.</summary>
    /// <param name="userIds">[B'] int64, perhaps none.</param>
    void Restart(Tensor userIds) { }

    /// <summary>Who leaves after the round, judged after <see cref="Advance"/>; none where this part makes nobody leave.</summary>
    /// <returns>[B] bool, or none. The caller disposes.</returns>
    Tensor? Leaving(DynamicsRound round) => null;

    /// <summary>How users are, as one number for each, for people to see; none where there is no such number.</summary>
    /// <returns>[U] float32, of all users of the population. The caller disposes.</returns>
    Tensor? Describe() => null;

    /// <summary>How much showing each item now takes from the rounds to come, in any unit: planning policies weigh it against the appeal.</summary>
    /// <param name="userIds">[B] int64.</param>
    /// <param name="rested">[B, N] float32, the appeal without any dynamics. Borrowed.</param>
    /// <param name="appeal">[B, N] float32, the appeal to the users as they are now. Borrowed.</param>
    /// <returns>[B, N] float32, or none where showing an item costs nothing. The caller disposes.</returns>
    Tensor? Burden(Tensor userIds, Tensor rested, Tensor appeal) => null;

    /// <summary>A part of the same kind with the same hidden constants (population, tastes), every user at the beginning.</summary>
    IUserDynamics Fresh();

    void Save(IStateWriter writer) { }

    void Load(IStateReader reader) { }
}

/// <summary>A round as the dynamics see it. Tensors are borrowed.</summary>
/// <param name="UserIds">[B] int64.</param>
/// <param name="Slates">[B, K] int64.</param>
/// <param name="Responses">[B, K] float32.</param>
/// <param name="Rested">[B, K] float32, the appeal of the shown items without any dynamics.</param>
/// <param name="Appeal">[B, K] float32, the appeal they had to the users before the round changed them.</param>
/// <param name="Coins">Draws of this part for this round: [B] uniforms in [0, 1), one for each user, the same whenever asked. The caller disposes.</param>
internal sealed record DynamicsRound(Tensor UserIds, Tensor Slates, Tensor Responses, Tensor Rested, Tensor Appeal, Func<Tensor> Coins)
{
    /// <summary>How bored users are by what they were shown: the share of its appeal that their present state takes away, mean over the slate.</summary>
    /// <returns>[B] float32 in [0, 1]; 0 where the state adds appeal or where an item never had any. The caller disposes.</returns>
    public Tensor Boredom()
    {
        using var scope = NewDisposeScope();
        return Boredom(Rested, Appeal).mean([1L]).MoveToOuterDisposeScope();
    }

    /// <summary>The same for single items.</summary>
    /// <returns>float32 in [0, 1] of the same shape.</returns>
    public static Tensor Boredom(Tensor rested, Tensor appeal)
    {
        using var scope = NewDisposeScope();
        return rested.sub(appeal).div_(rested.clamp_min(1e-12)).clamp_min_(0).MoveToOuterDisposeScope();
    }
}
