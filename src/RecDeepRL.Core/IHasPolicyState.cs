using RecDeepRL.Core.State;

namespace RecDeepRL.Core;

/// <summary>An agent whose recommendations depend on a part of its state only; the rest, such as a replay buffer, is for learning. What a replica that only
/// recommends has to be sent again and again.</summary>
/// <remarks>Worth it where the rest is large: agents without it are copied by <see cref="IAgent.Save"/> and <see cref="IAgent.Load"/>.</remarks>
public interface IHasPolicyState
{
    /// <summary>Writes what <see cref="IAgent.Recommend"/> in either mode depends on, and <see cref="IExplainsSlates.Explain"/> and
    /// <see cref="IEstimatesItems.EstimateItems"/> where the agent has them. Changes nothing.</summary>
    void SavePolicy(IStateWriter writer);

    /// <summary>Restores what <see cref="SavePolicy"/> wrote, in an agent of the same options and environment; it then recommends as the saved one would.
    /// May be called any number of times. What is for learning stays as it was, so that the agent is not meant to learn afterwards.</summary>
    void LoadPolicy(IStateReader reader);
}
