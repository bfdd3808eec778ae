using RecDeepRL.Core;

namespace RecDeepRL.Agents.Neural;

/// <summary>The discount of an agent that was given none.</summary>
internal static class SessionDiscount
{
    /// <summary>Where users come in sessions, what is shown now decides how they go on.</summary>
    private const double WithSessions = 0.95;

    /// <summary>The option, or else .95 where the environment has sessions and 0 elsewhere.</summary>
    public static double Of(double? option, EnvironmentSpec spec) => option ?? (spec.HasEpisodes ? WithSessions : 0);
}
