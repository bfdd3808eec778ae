using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Experiments;

/// <summary>What of an environment is no number.</summary>
public enum BrokenPart
{
    Features,
    Responses,
    Reward,
}

/// <summary>An environment that gives one user a number that is none, in one iteration.</summary>
/// <param name="inner">Borrowed.</param>
/// <param name="iteration">Counted from 1.</param>
internal sealed class BrokenEnvironment(IEnvironment inner, long iteration, BrokenPart part, float value) : IEnvironment, ITruth
{
    public EnvironmentSpec Spec => inner.Spec;

    public Population Population => inner.Population;

    public long Iteration => inner.Iteration;

    public bool IsStationary => ((ITruth)inner).IsStationary;

    private bool IsNow => Iteration == iteration - 1;

    public void Reset(long seed) => inner.Reset(seed);

    public Observation Observe()
    {
        var observation = inner.Observe();
        if (part != BrokenPart.Features || !IsNow)
            return observation;
        using var scope = NewDisposeScope();
        var features = observation.UserFeatures!.clone().DetachFromDisposeScope();
        features[0, 0] = value;
        return new Observation
        {
            UserIds = observation.UserIds,
            UserFeatures = features,
            RecentItems = observation.RecentItems,
            RecentResponses = observation.RecentResponses,
            EligibleItems = observation.EligibleItems,
            Iteration = observation.Iteration,
            DrawKey = observation.DrawKey,
        };
    }

    public Observation ObserveAll(long drawKey) => inner.ObserveAll(drawKey);

    public Feedback Step(Tensor slates)
    {
        var isNow = IsNow;
        var feedback = inner.Step(slates);
        if (!isNow)
            return feedback;
        using var scope = NewDisposeScope();
        if (part == BrokenPart.Responses)
            feedback.Responses[0, 0] = value;
        else if (part == BrokenPart.Reward)
            feedback.Reward[0] = value;
        return feedback;
    }

    public Tensor Respond(Observation observation, Tensor slates, long seed) => inner.Respond(observation, slates, seed);

    public Tensor ExpectedResponses(Tensor userIds, long iteration) => ((ITruth)inner).ExpectedResponses(userIds, iteration);

    public Tensor ExpectedResponses(Tensor userIds, Tensor slates, long iteration) => ((ITruth)inner).ExpectedResponses(userIds, slates, iteration);

    public void Save(IStateWriter writer) => inner.Save(writer);

    public void Load(IStateReader reader) => inner.Load(reader);

    public void Dispose()
    {
    }
}
