using System.Globalization;
using RecDeepRL.Cli.Display;
using RecDeepRL.Core;
using RecDeepRL.Data.Logs;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.OffPolicy;
using RecDeepRL.Reporting;
using TorchSharp;

namespace RecDeepRL.Cli.Commands;

/// <summary>One off-policy evaluation as its user sees it.</summary>
/// <param name="folder">Of the log.</param>
/// <param name="logger">Who wrote it.</param>
/// <param name="target">The agent in question, in the same environment.</param>
internal sealed class OffPolicySession(string folder, InteractionLog log, RunPlan logger, RunPlan target, OffPolicySettings settings, torch.Device device)
{
    /// <summary>Fewer effective slates than these are said to be few: the weights of a handful of slates then decide, and intervals cannot be relied upon.</summary>
    private const double FewSlates = 100;

    /// <summary>The agent's state; none where it begins untaught.</summary>
    public required (string Folder, CheckpointManifest Manifest)? Checkpoint { get; init; }

    /// <summary>Fresh logs to measure the estimators on; 0 for none.</summary>
    public required int Repeats { get; init; }

    /// <summary>Where files go, if any.</summary>
    public required OpeFiles? Files { get; init; }

    /// <returns>The program's exit code.</returns>
    public int Run()
    {
        using var interruption = new Interruption();
        using var environment = RunPair.CreateEnvironment(CommonOptions.Catalog, logger, device);
        var spec = environment.Spec;
        if (log.Description.Runs.FirstOrDefault(run => run.PopulationFingerprint != spec.PopulationFingerprint) is { } other)
            throw new UserMistakeException($"The log '{folder}' tells of another population ({other.PopulationFingerprint}) than '{spec.Name}' has now ({spec.PopulationFingerprint}). Give --data the folder that the log was written with.");
        var result = Evaluate(environment);
        var remarks = Remarks((ITruth)environment, result).ToList();
        Answer.Show(console =>
        {
            System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{target.Agent} ({(settings.Mode == RecommendationMode.Exploit ? "exploit" : "explore")} mode{(Checkpoint is { } state ? $", {state.Folder}" : "")}) by the log of {logger.Agent} in {spec.Name}: learned from {result.TrainIterations} iterations, evaluated on {result.EvaluatedIterations} with {result.Slates} slates of {spec.SlateSize} shown to {result.Users} users"));
            console.Write(OffPolicyTable.Of(result));
            System.Console.WriteLine(OffPolicyTable.WeightLine(result));
            remarks.ForEach(System.Console.WriteLine);
        });

        var repeats = new AgainstTruth(CommonOptions.Catalog, settings) { Prepare = Restore }.Run(logger, target, environment, Repeats, interruption.Token);
        if (interruption.Token.IsCancellationRequested)
        {
            System.Console.Error.WriteLine("Stopped; nothing was written.");
            return ExitCode.Interrupted;
        }
        var qualities = repeats.Count > 0 ? EstimatorQuality.Of(repeats) : [];
        var report = new OpeReport(Path.GetFullPath(folder), logger, target, settings, result, remarks, repeats, qualities);
        Files?.Write(report);
        Answer.Give(report, console =>
        {
            if (qualities.Count == 0)
                return;
            System.Console.WriteLine($"\nestimate − truth over {repeats.Count} fresh logs of {logger.Agent}; true values from {repeats.Min(one => one.Truth!.Value):F4} to {repeats.Max(one => one.Truth!.Value):F4}");
            console.Write(OffPolicyTable.Of(qualities));
        });
        return ExitCode.Done;
    }

    private OffPolicyResult Evaluate(IEnvironment environment)
    {
        using var pair = RunPair.Create(CommonOptions.Catalog, target, environment);
        Restore(pair);
        return new OffPolicyEvaluation(settings).Evaluate(
            pair, () => log.RoundsOf(environment.Population, environment.Spec.SlateSize), log.IterationCount, target.Seed);
    }

    /// <summary>Gives the agent what its checkpoint holds; the environment begins anew all the same, since it goes through the log.</summary>
    private void Restore(RunPair pair)
    {
        if (Checkpoint is not { } state)
            return;
        CheckpointStore.Restore(state.Folder, state.Manifest, pair);
        pair.Environment.Reset(pair.Plan.Seed);
    }

    private IEnumerable<string> Remarks(ITruth truth, OffPolicyResult result)
    {
        var weights = result.Weights;
        yield return "The interval of dm allows for the users that happened to come, not for errors of its model: it promises too much.";
        if (weights.EffectiveSlates < FewSlates)
            yield return string.Create(CultureInfo.InvariantCulture, $"The log says little about {target.Agent}: its {result.Slates} slates are worth {weights.EffectiveSlates:F1} of the agent's own. Estimates by weights and their intervals cannot be relied upon.");
        if (weights.Mean < 1 - Math.Max(.01, 4 * weights.MeanError))
            yield return string.Create(CultureInfo.InvariantCulture, $"The log's agent hardly ever or never shows {1 - weights.Mean:P0} of what {target.Agent} would: ips counts those slots as unanswered, and the other estimators guess them.");
        if (settings.Propensity == PropensitySource.Estimated)
            yield return $"The propensities are frequencies within each round: right only if {logger.Agent} treats all users of a round alike.";
        if (!truth.IsStationary)
            yield return "Responses change with time or with what users were shown: the value is that in the evaluated iterations, from users as the log's agent left them.";
        if (!truth.SlotsAreIndependent)
            yield return "Here the response to an item depends on its slot or on the rest of the slate: the estimators allow for the slot, and take the rest to be of no matter.";
    }
}
