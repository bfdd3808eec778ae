using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation;

/// <summary>An environment in which every user may be shown only some items, others in each round: at least K of them, on average about half.</summary>
internal sealed class MaskedEnvironment(IEnvironment inner, long seed) : IEnvironment, ITruth
{
    private readonly RandomStream _stream = new(seed, "eligibility");

    public EnvironmentSpec Spec => inner.Spec;

    public Population Population => inner.Population;

    public long Iteration => inner.Iteration;

    public bool IsStationary => ((ITruth)inner).IsStationary;

    public void Reset(long seed) => inner.Reset(seed);

    public Observation Observe() => Mask(inner.Observe());

    public Observation ObserveAll(long drawKey) => Mask(inner.ObserveAll(drawKey));

    /// <exception cref="ArgumentException">Also where a slate holds an item that is not eligible.</exception>
    public Feedback Step(Tensor slates)
    {
        using (var current = Observe())
            RequireEligible(current, slates);
        var feedback = inner.Step(slates);
        return new Feedback
        {
            Observation = Mask(feedback.Observation),
            Slates = feedback.Slates,
            Responses = feedback.Responses,
            Reward = feedback.Reward,
            NextObservation = Mask(feedback.NextObservation),
            Terminated = feedback.Terminated,
            Truncated = feedback.Truncated,
        };
    }

    public Tensor Respond(Observation observation, Tensor slates, long seed)
    {
        RequireEligible(observation, slates);
        return inner.Respond(observation, slates, seed);
    }

    public Tensor ExpectedResponses(Tensor userIds, long iteration) => ((ITruth)inner).ExpectedResponses(userIds, iteration);

    public Tensor ExpectedResponses(Tensor userIds, Tensor slates, long iteration) => ((ITruth)inner).ExpectedResponses(userIds, slates, iteration);

    public void Save(IStateWriter writer) => inner.Save(writer);

    public void Load(IStateReader reader) => inner.Load(reader);

    public void Dispose() => inner.Dispose();

    private static void RequireEligible(Observation observation, Tensor slates)
    {
        using var scope = NewDisposeScope();
        if (observation.UserCount > 0 && !observation.EligibleItems!.gather(1, slates).all().item<bool>())
            throw new ArgumentException("slates shows an item that is not eligible.", nameof(slates));
    }

    /// <summary>Takes over the tensors of an observation and adds the mask.</summary>
    private Observation Mask(Observation observation) => new()
    {
        UserIds = observation.UserIds,
        UserFeatures = observation.UserFeatures,
        RecentItems = observation.RecentItems,
        RecentResponses = observation.RecentResponses,
        EligibleItems = Eligible(observation),
        Iteration = observation.Iteration,
        DrawKey = observation.DrawKey,
    };

    /// <summary>Coins of one half, and the K items of the lowest coins besides, so that every slate can be filled.</summary>
    private Tensor Eligible(Observation observation)
    {
        using var scope = NewDisposeScope();
        var lanes = observation.UserIds.mul(Spec.ItemCount).unsqueeze(1).add(arange(Spec.ItemCount, ScalarType.Int64, Spec.Device));
        var coins = _stream.Uniform(observation.Iteration, lanes);
        var lowest = coins.topk(Spec.SlateSize, dim: 1, largest: false).indexes;
        var certain = zeros_like(coins, ScalarType.Bool).scatter(1, lowest, ones_like(lowest, ScalarType.Bool));
        return coins.lt(.5).logical_or(certain).MoveToOuterDisposeScope();
    }
}
