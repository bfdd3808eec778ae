using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;

namespace RecDeepRL.Agents.Neural;

/// <summary>Options of the agents that are a <see cref="ReplayingAgent"/>.</summary>
public abstract record ReplayingOptions : ReplayOptions
{
    private const double DiscountOfSessions = 0.95;

    /// <summary>Discount per round, in [0, 1). None for 0.95 where the environment has sessions and 0 elsewhere, where the task is a bandit's. Default none.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double? Discount { get; init; }

    /// <summary>Learning rate of Adam, in (0, 1]. Default 0.001.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double LearningRate { get; init; } = 0.001;

    /// <summary>Share of the online networks that moves into the target networks at each update, in (0, 1]. Default 0.01.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Tau { get; init; } = 0.01;

    /// <summary>New slates for each update at least: where an iteration brings few, there are fewer updates than updatesPerIteration. Default 8.</summary>
    [Range(1, int.MaxValue)]
    public int SlatesPerUpdate { get; init; } = 8;

    internal double DiscountFor(EnvironmentSpec spec) => Discount ?? (spec.HasEpisodes ? DiscountOfSessions : 0);

    internal int UpdatesAfter(long slates) => (int)Math.Min(UpdatesPerIteration, (slates + SlatesPerUpdate - 1) / SlatesPerUpdate);
}
