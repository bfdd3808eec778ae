using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Rows taken from a <see cref="ReplayBuffer"/>: R rows, K slots.</summary>
/// <param name="Observation">What the agent saw.</param>
/// <param name="Next">The same users after the last step of the return, where it is kept.</param>
/// <param name="Items">[R, K] int64.</param>
/// <param name="Responses">[R, K] float32.</param>
/// <param name="Terminated">[R] bool, whether the episode ended with the last step of the return.</param>
internal sealed record ReplayBatch(Observation Observation, Observation? Next, Tensor Items, Tensor Responses, Tensor Terminated)
{
    /// <summary>[R] int64, where the rows lie in the buffer.</summary>
    public required Tensor Places { get; init; }

    /// <summary>[R] float32, the rewards of the slates after this one up to <see cref="Next"/>, discounted to the time of this one: γ·R₁ + … + γᵐ⁻¹·Rₘ₋₁. 0 where returns have one step; none where rows were taken without a discount.</summary>
    public Tensor? LaterRewards { get; init; }

    /// <summary>[R] float32, the discount of the value of <see cref="Next"/>: γᵐ for a return of m steps; none where rows were taken without a discount.</summary>
    public Tensor? Discounts { get; init; }

    /// <summary>[R] float32 in (0, 1], what the rows' losses are to be multiplied by where rows were drawn by priority; none where they were drawn uniformly.</summary>
    public Tensor? Weights { get; init; }

    /// <summary>[R, K] float32, what the agent keeps beside each slot, such as how likely it was to show the item; none where it keeps nothing.</summary>
    public Tensor? Companion { get; init; }

    /// <summary>[R] int64, which rows these are of the batch that several learners share; none where all of it is here.</summary>
    public Tensor? Positions { get; init; }

    /// <summary>[R] int64, how many rows came after each of them, with whoever of several learners they are; none where they were not drawn so.</summary>
    public Tensor? Ages { get; init; }

    /// <summary>Standard normal draws for rows, each its own, the same whoever of several learners has the row.</summary>
    /// <param name="draw">Which draw of the stream.</param>
    /// <param name="like">[R, n], whose shape and device the draws have.</param>
    /// <param name="positions">See <see cref="Positions"/>.</param>
    /// <returns>[R, n] float32.</returns>
    public static Tensor Normal(RandomStream stream, long draw, Tensor like, Tensor? positions) => positions is null
        ? stream.Normal(draw, like.device, like.shape)
        : stream.Normal(draw, Ranking.Lanes(positions, like.size(1)));

    /// <summary>The mean of the rows' losses, each times its weight.</summary>
    /// <param name="losses">[R, …] float32.</param>
    public Tensor Mean(Tensor losses)
    {
        if (Weights is null)
            return losses.mean();
        using var scope = NewDisposeScope();
        return losses.mul(Weights.reshape([-1, .. Enumerable.Repeat(1L, (int)losses.dim() - 1)])).mean().MoveToOuterDisposeScope();
    }

    /// <summary>Hands every tensor to the scope outside of the current one.</summary>
    public ReplayBatch MoveToOuterDisposeScope()
    {
        Move(Observation);
        if (Next is not null)
            Move(Next);
        foreach (var tensor in new[] { Items, Responses, Terminated, Places, LaterRewards, Discounts, Weights, Companion, Positions, Ages })
            tensor?.MoveToOuterDisposeScope();
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
