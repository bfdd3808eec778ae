using static TorchSharp.torch;

namespace RecDeepRL.Core;

/// <summary>The expected responses behind the coins. The harness uses it for bounds and regret; an agent is given it only if it is a
/// bound itself (<see cref="INeedsTruth"/>).</summary>
public interface ITruth
{
    /// <summary>Whether the truth is the same at every iteration.</summary>
    bool IsStationary { get; }

    /// <returns>[B, N] float32, the expected response of each user to each item at an iteration.</returns>
    Tensor ExpectedResponses(Tensor userIds, long iteration);

    /// <returns>[B, K] float32, the expected response of each user to each item of the user's slate at an iteration.</returns>
    Tensor ExpectedResponses(Tensor userIds, Tensor slates, long iteration);
}

/// <summary>Marks an agent that is a bound and not a method: before its first recommendation it is handed the truth.</summary>
public interface INeedsTruth
{
    /// <param name="truth">Stays owned by the environment.</param>
    void Reveal(ITruth truth);
}
