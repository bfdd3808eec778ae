using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;

namespace RecDeepRL.Experiments.OffPolicy;

/// <summary>Measures the estimators where the truth is known: the same logging agent writes fresh logs, the same agent in question is evaluated on each,
/// and its estimates are held against what its slates are truly worth there.</summary>
/// <param name="settings">With <see cref="OffPolicySettings.MeasureTruth"/>.</param>
public sealed class AgainstTruth(Catalog catalog, OffPolicySettings settings)
{
    /// <summary>Called after each log.</summary>
    public Action<OffPolicyResult>? Finished { get; init; }

    /// <summary>Makes the agent in question once its pair is fresh, such as by restoring what a checkpoint holds. None where it begins untaught.</summary>
    public Action<RunPair>? Prepare { get; init; }

    /// <param name="logger">Who writes the logs, and for how many iterations.</param>
    /// <param name="target">The agent in question; its environment is that of <paramref name="logger"/>.</param>
    /// <param name="environment">Made from the plans; reset for each log, with coins of its own. Borrowed.</param>
    /// <param name="repeats">Logs to write.</param>
    /// <returns>One result for each log; fewer where it was cancelled.</returns>
    public IReadOnlyList<OffPolicyResult> Run(RunPlan logger, RunPlan target, IEnvironment environment, int repeats, CancellationToken cancellation)
    {
        var results = new List<OffPolicyResult>();
        for (var repeat = 0; repeat < repeats && !cancellation.IsCancellationRequested; repeat++)
        {
            var seed = RandomStream.DeriveSeed(logger.Seed, "off-policy repeat", repeat);
            using var log = Simulate(logger with { Seed = seed }, environment, cancellation);
            if (cancellation.IsCancellationRequested)
                break;
            using var pair = RunPair.Create(catalog, target with { Seed = seed }, environment);
            Prepare?.Invoke(pair);
            results.Add(new OffPolicyEvaluation(settings).Evaluate(pair, log.Rounds, log.IterationCount, seed));
            Finished?.Invoke(results[^1]);
        }
        return results;
    }

    private LogSimulation Simulate(RunPlan plan, IEnvironment environment, CancellationToken cancellation)
    {
        using var pair = RunPair.Create(catalog, plan, environment);
        return new LogSimulation(pair, cancellation);
    }
}
