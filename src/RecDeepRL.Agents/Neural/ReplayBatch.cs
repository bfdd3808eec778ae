using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Rows taken from a <see cref="ReplayBuffer"/>: R rows, K slots.</summary>
/// <param name="Observation">What the agent saw.</param>
/// <param name="Next">The same users afterwards, where it is kept.</param>
/// <param name="Items">[R, K] int64.</param>
/// <param name="Responses">[R, K] float32.</param>
/// <param name="Terminated">[R] bool.</param>
internal sealed record ReplayBatch(Observation Observation, Observation? Next, Tensor Items, Tensor Responses, Tensor Terminated)
{
    /// <summary>Hands every tensor to the scope outside of the current one.</summary>
    public ReplayBatch MoveToOuterDisposeScope()
    {
        Move(Observation);
        if (Next is not null)
            Move(Next);
        Items.MoveToOuterDisposeScope();
        Responses.MoveToOuterDisposeScope();
        Terminated.MoveToOuterDisposeScope();
        return this;
    }

    private static void Move(Observation observation)
    {
        observation.UserIds.MoveToOuterDisposeScope();
        observation.RecentItems.MoveToOuterDisposeScope();
        observation.RecentResponses.MoveToOuterDisposeScope();
        observation.UserFeatures?.MoveToOuterDisposeScope();
    }
}
