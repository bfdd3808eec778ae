using RecDeepRL.Core;
using RecDeepRL.Core.State;

namespace RecDeepRL.Agents.Neural;

/// <summary>What the agents share that step along gradients of batches from a replay buffer: their state, as a whole and in the parts of several that learn together.</summary>
internal abstract class ReplayLearner : IHasPolicyState, ILearnsFromGradients
{
    protected ReplayLearner(AgentContext context, ReplayOptions options, bool keepsCompanion = false)
    {
        Shared = SharedBy(context, options.ReplayCapacity);
        Replay = new ReplayBuffer(context.Spec, options, Shared, keepsCompanion);
    }

    /// <summary>For an agent that looks no step ahead.</summary>
    /// <param name="replayCapacity">Rows.</param>
    protected ReplayLearner(AgentContext context, int replayCapacity)
    {
        Shared = SharedBy(context, replayCapacity);
        Replay = new ReplayBuffer(context.Spec, replayCapacity, keepsNext: false, Shared);
    }

    internal ReplayBuffer Replay { get; }

    /// <summary>Others that learn along; none for an agent that learns alone.</summary>
    protected SharedLearning? Shared { get; }

    public abstract void SavePolicy(IStateWriter writer);

    public abstract void LoadPolicy(IStateReader reader);

    public void Save(IStateWriter writer)
    {
        SavePolicy(writer);
        SaveLearning(writer);
        Replay.Save(writer.Under("replay"));
    }

    public void Load(IStateReader reader)
    {
        LoadPolicy(reader);
        LoadLearning(reader);
        Replay.Load(reader.Under("replay"));
    }

    public void RequireDivisible() => Replay.RequireDivisible();

    public void SavePart(IStateWriter writer, int member, IReadOnlyList<UserRange> parts)
    {
        SavePolicy(writer);
        SaveLearning(writer);
        Replay.SavePart(writer.Under("replay"), member, parts);
    }

    public void LoadParts(IReadOnlyList<IStateReader> parts)
    {
        LoadPolicy(parts[0]);
        LoadLearning(parts[0]);
        Replay.LoadParts([.. parts.Select(part => part.Under("replay"))]);
    }

    /// <summary>What all of several learners have alike, beside the policy.</summary>
    protected abstract void SaveLearning(IStateWriter writer);

    protected abstract void LoadLearning(IStateReader reader);

    /// <summary>Rows of the round that was just added, of everybody who learns along.</summary>
    protected long RowsOf(Feedback feedback) => Shared?.LatestRows ?? feedback.Slates.size(0);

    private static SharedLearning? SharedBy(AgentContext context, int replayCapacity) => context.Group is { } group ? new SharedLearning(group, replayCapacity) : null;
}
