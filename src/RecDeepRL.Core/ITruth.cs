using static TorchSharp.torch;

namespace RecDeepRL.Core;

/// <summary>The expected responses behind the coins. The harness uses it for bounds and regret; an agent is given it only if it is a
/// bound itself (<see cref="INeedsTruth"/>).</summary>
public interface ITruth
{
    /// <summary>Whether the truth is the same at every iteration, whatever users were shown before.</summary>
    bool IsStationary { get; }

    /// <summary>Whether the response to an item does not depend on its slot or on the other items of the slate. Where it does, an item's
    /// appeal still orders the items: the K of highest appeal, best first, make the slate of most expected responses.</summary>
    bool SlotsAreIndependent => true;

    /// <summary>Each item's appeal: the expected response to it if it were shown alone, in the first slot, to the users as they are now.</summary>
    /// <returns>[B, N] float32, at an iteration.</returns>
    Tensor ExpectedResponses(Tensor userIds, long iteration);

    /// <returns>[B, K] float32, the expected response of each user to each item of the user's slate at an iteration, to the users as they are now.</returns>
    Tensor ExpectedResponses(Tensor userIds, Tensor slates, long iteration);
}

/// <summary>Knows slates that pay over a whole session, not only in this round. Environments with sessions have one, since there the slates
/// of most expected responses now may be those that tire users.</summary>
public interface IPlanner
{
    /// <summary>Slates for the users as they are now, by the best policy that the environment knows of, with the truth at hand: a lower
    /// bound of what is possible in a session.</summary>
    /// <param name="observation">Of the same environment, in its current round. Borrowed.</param>
    /// <returns>[B, K] int64, eligible and distinct in each row. The caller disposes.</returns>
    Tensor Plan(Observation observation);
}

/// <summary>Marks an agent that is a bound and not a method: before its first recommendation it is handed the truth.</summary>
public interface INeedsTruth
{
    /// <summary>May be called again, with the truth of another environment of the same users and items: an evaluation by sessions has its own.</summary>
    /// <param name="truth">Stays owned by the environment. Where this has sessions, it is an <see cref="IPlanner"/> too.</param>
    void Reveal(ITruth truth);
}
