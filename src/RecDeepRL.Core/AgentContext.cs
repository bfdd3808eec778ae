namespace RecDeepRL.Core;

/// <summary>What an agent is built from, beside its options.</summary>
/// <param name="Spec">The environment it will serve.</param>
/// <param name="Population">Ids and features, without the truth. Borrowed; outlives the agent.</param>
/// <param name="Seed">Seed of the agent's own random streams.</param>
public sealed record AgentContext(EnvironmentSpec Spec, Population Population, long Seed)
{
    /// <summary>The replicas that the agent is to learn together with, where it is one of several (<see cref="ILearnsFromGradients"/>); none for an agent that learns alone.</summary>
    public ILearningGroup? Group { get; init; }
}
