using RecDeepRL.Core.State;

namespace RecDeepRL.Core;

/// <summary>An agent that can be one of several that learn the same, each from its own users: every one computes the gradients of its rows, and all step
/// along the sum of them; what else they learn are sums over rows, which they add up likewise. It does so where <see cref="AgentContext.Group"/> is given.</summary>
/// <remarks>The members of a group hear of the same rounds, in the order of their users' ids: the first has the users of the lowest ids. What they learn is what
/// one agent with all users would learn, but for the order in which gradients are added up.</remarks>
public interface ILearnsFromGradients
{
    /// <summary>Requires that the agent's options are such as several can learn with.</summary>
    /// <exception cref="UserMistakeException">They are not.</exception>
    void RequireDivisible();

    /// <summary>Writes what a member of a group is to go on from, in an agent of no group. Changes nothing.</summary>
    /// <param name="member">Which one, from 0.</param>
    /// <param name="parts">The users of every member, in order, all users of the population.</param>
    void SavePart(IStateWriter writer, int member, IReadOnlyList<UserRange> parts);

    /// <summary>Takes on, in an agent of no group, what the members of one have saved by <see cref="IAgent.Save"/>.</summary>
    /// <param name="parts">By member.</param>
    /// <exception cref="ArgumentException">They do not fit together.</exception>
    void LoadParts(IReadOnlyList<IStateReader> parts);
}
