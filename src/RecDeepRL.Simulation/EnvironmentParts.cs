using RecDeepRL.Simulation.Choices;
using RecDeepRL.Simulation.Dynamics;

namespace RecDeepRL.Simulation;

/// <summary>What an environment is composed of beside its response model.</summary>
/// <param name="Choice">How a user answers a whole slate.</param>
/// <param name="Dynamics">How users change, in the order in which they adjust the appeal. Ownership passes to the environment.</param>
/// <param name="Sessions">How users come and go; none where they never leave.</param>
internal sealed record EnvironmentParts(IChoiceModel Choice, IReadOnlyList<IUserDynamics> Dynamics, SessionOptions? Sessions)
{
    /// <summary>Each item answered for itself, by users who stay as they are.</summary>
    public static EnvironmentParts Plain { get; } = new(new IndependentChoice(), [], null);
}

/// <summary>How users come and go.</summary>
/// <param name="Limit">Rounds after which a session is truncated, at least 1. Only rounds count in which the user takes part.</param>
/// <param name="ReturnAfter">Rounds that a user stays away after a session, on average, at least 1: then the same person comes back. None where
/// a fresh visitor with the same profile takes the place at once.</param>
internal sealed record SessionOptions(int Limit, double? ReturnAfter);
