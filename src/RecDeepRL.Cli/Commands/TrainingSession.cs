using System.Text.Json;
using RecDeepRL.Cli.Configuration;
using RecDeepRL.Cli.Display;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Evaluation;
using RecDeepRL.Experiments.Insight;
using RecDeepRL.Experiments.Training;
using RecDeepRL.Reporting;
using Serilog.Core;
using Serilog.Events;
using Spectre.Console;

namespace RecDeepRL.Cli.Commands;

/// <summary>One training run as its user sees it: the folder, the log, the progress, the checkpoints and the final table.</summary>
internal sealed class TrainingSession : IDisposable
{
    private readonly RunPair _pair;
    private readonly RunFolder _folder;
    private readonly TrainingTotals _totals;
    private readonly InsightCollector? _insight;
    private readonly LoggingLevelSwitch _consoleLevel = new(LogEventLevel.Information);
    private readonly Logger _log;

    private TrainingSession(RunPair pair, RunFolder folder, TrainingTotals totals, InsightCollector? insight, string askedDevice)
    {
        _pair = pair;
        _folder = folder;
        _totals = totals;
        _insight = insight;
        _log = RunLog.Create(folder.PathOf("run.log"), _consoleLevel);
        var spec = pair.Environment.Spec;
        _log.Information(
            "{Agent:l} in {Environment:l} ({Source:l}): {Users} users, {Items} items, slates of {Slots}, {Iterations} iterations, seed {Seed}, device {Device:l}{Chosen:l}",
            pair.Plan.Agent, spec.Name, pair.Plan.DataFolder ?? "built-in population", spec.UserCount, spec.ItemCount, spec.SlateSize, pair.Iterations, pair.Plan.Seed,
            Devices.Describe(spec.Device), askedDevice == "auto" ? " (chosen by auto)" : "");
        _log.Information("run folder {Folder:l}", folder.Path);
    }

    /// <summary>Rounds between evaluations; none for a tenth of the run.</summary>
    public int? EvaluateEvery { get; set; }

    /// <summary>Rounds between checkpoints; none for a tenth of the run.</summary>
    public int? CheckpointEvery { get; set; }

    /// <param name="output">The run folder; none for a new one below checkpoints/.</param>
    /// <param name="insightEvery">Rounds that insight sums up at a time, 0 for no insight, none for a hundredth of the run.</param>
    public static TrainingSession Start(RunInput input, string? output, int? insightEvery)
    {
        var device = Devices.Choose(input.Device);
        var pair = RunPair.Create(CommonOptions.Catalog, input.Plan, device);
        RunFolder? folder = null;
        InsightCollector? insight = null;
        try
        {
            var iterations = pair.Iterations;
            insight = insightEvery == 0 ? null : new InsightCollector(pair, insightEvery);
            var (learned, remark) = pair.StartWarm();
            insight?.BeginAt(pair.Environment.Iteration);
            folder = output is null
                ? RunFolder.CreateBelow("checkpoints", $"{pair.Plan.Agent}-{pair.Plan.Environment}-seed{pair.Plan.Seed}")
                : RunFolder.Create(output);
            AtomicFile.WriteAllText(
                folder.PathOf("config.json"),
                ConfigFile.Write(pair.Plan, ComponentTypes.Of(CommonOptions.Catalog, pair.Plan), Devices.Describe(device), iterations));
            var session = new TrainingSession(pair, folder, TrainingTotals.None, insight, input.Device);
            if (pair.Plan.WarmStart is { } log)
                session._log.Information("learned from {Rounds} iterations of {Log:l}{Remark:l}; the run's own follow", learned, log, remark);
            return session;
        }
        catch
        {
            insight?.Dispose();
            folder?.Dispose();
            pair.Dispose();
            throw;
        }
    }

    /// <param name="path">A run folder.</param>
    /// <param name="agent">Must be the run's agent where it is named.</param>
    /// <param name="iterations">A new number of rounds for the whole run, or none.</param>
    /// <param name="device">Another device, or none for the run's own.</param>
    /// <param name="data">Where the data is now, or none for where it was.</param>
    /// <param name="insightEvery">Rounds that insight sums up at a time from now on, 0 for no insight, none for as before.</param>
    public static TrainingSession Resume(string path, string? agent, int? iterations, string? device, string? data, int? insightEvery)
    {
        // Looked for before the folder is taken hold of, which leaves a lock file in it.
        CheckpointStore.Locate(path);
        var folder = RunFolder.Open(path);
        RunPair? pair = null;
        InsightCollector? insight = null;
        try
        {
            var checkpoint = CheckpointStore.Locate(path);
            var manifest = CheckpointStore.ReadManifest(checkpoint);
            if (agent is not null && CommonOptions.Catalog.Agents.Find("agent", agent).Name != manifest.Agent)
                throw new UserMistakeException($"The run in '{path}' trains '{manifest.Agent}', not '{agent}'. Leave the agent out, or start a new run.");
            var total = iterations ?? manifest.Iterations;
            if (total < manifest.Iteration)
                throw new UserMistakeException($"The run in '{path}' has completed {manifest.Iteration} iterations; --iterations was {total}, must be at least that.");
            var plan = manifest.ToPlan() with { Iterations = total, DataFolder = data ?? manifest.DataFolder };
            var asked = device ?? manifest.Device;
            pair = RunPair.Create(CommonOptions.Catalog, plan, Devices.Choose(asked));
            // Before the state is restored: users are divided and items chosen by what they are at the beginning.
            insight = insightEvery == 0 ? null : new InsightCollector(pair, insightEvery);
            CheckpointStore.Restore(checkpoint, manifest, pair);
            if (insight is not null && CheckpointStore.ReadCompanion(checkpoint, manifest, InsightFile.Name) is { } text)
                insight.GoOnFrom(InsightFile.FromText(text, Path.Combine(checkpoint, InsightFile.Name)), keepWindow: insightEvery is null);
            else
                insight?.BeginAt(manifest.Iteration);
            var session = new TrainingSession(pair, folder, manifest.Totals, insight, asked);
            session._log.Information("resumed from {Checkpoint:l} after {Iteration} iterations", Path.GetFileName(checkpoint), manifest.Iteration);
            return session;
        }
        catch
        {
            insight?.Dispose();
            pair?.Dispose();
            folder.Dispose();
            throw;
        }
    }

    /// <returns>The program's exit code.</returns>
    public int Run()
    {
        var tenth = Math.Max(1, _pair.Iterations / 10);
        var evaluateEvery = EvaluateEvery ?? tenth;
        var checkpointEvery = CheckpointEvery ?? tenth;
        using var interruption = new Interruption();
        _folder.Holder.Announce(_pair.Iterations);
        using var request = _folder.Holder.WhenAskedToStop(interruption.Request);
        using var files = new MetricsFiles(_folder.Path, _pair.Environment.Iteration);
        var loop = new Func<ProgressTask?, bool>(bar =>
        {
            var progress = new TrainingProgress(_log, _pair.Environment.Iteration, _pair.Iterations, bar);
            var training = new TrainingLoop(_pair, new RecorderGroup([files, progress, .. _insight is null ? [] : (IRunRecorder[])[_insight]]), _folder.Path)
            {
                EvaluateEvery = evaluateEvery,
                CheckpointEvery = checkpointEvery,
                Responded = _insight is null ? null : _insight.Responded,
                Companions = _insight is null ? null : () => new Dictionary<string, string> { [InsightFile.Name] = InsightFile.ToText(_insight.Read()) },
            };
            training.ContinueFrom(_totals);
            var finished = training.Run(interruption.Token);
            Totals = training.Totals;
            return finished;
        });
        try
        {
            if (!(Screen.IsTerminal ? WithBar(loop) : loop(null)))
            {
                WriteInsight(_insight?.Read());
                _log.Information("stopped after {Iteration} of {Iterations} iterations; go on with: train --resume {Folder:l}", _pair.Environment.Iteration, _pair.Iterations, _folder.Path);
                return ExitCode.Interrupted;
            }
            Conclude(files);
            return ExitCode.Done;
        }
        catch (NotFiniteException fault)
        {
            _log.Error(
                "{Fault:l} {Checkpoint:l}", fault.Message,
                CheckpointStore.All(_folder.Path).Count > 0 ? $"The newest checkpoint in {_folder.Path} is from before." : $"{_folder.Path} holds no checkpoint from before.");
            return ExitCode.Fault;
        }
    }

    private TrainingTotals Totals { get; set; } = TrainingTotals.None;

    public void Dispose()
    {
        _insight?.Dispose();
        _pair.Dispose();
        _log.Dispose();
        _folder.Dispose();
    }

    /// <summary>Leaves no insight of an earlier part of the run that would pass for one of the whole.</summary>
    private void WriteInsight(RunInsight? insight)
    {
        var path = _folder.PathOf(InsightFile.Name);
        if (insight is not null)
            InsightFile.Write(path, insight);
        else
            File.Delete(path);
    }

    private bool WithBar(Func<ProgressTask?, bool> loop)
    {
        _consoleLevel.MinimumLevel = LogEventLevel.Warning;
        try
        {
            return AnsiConsole.Progress().Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
                .Start(context => loop(context.AddTask("starting")));
        }
        finally
        {
            _consoleLevel.MinimumLevel = LogEventLevel.Information;
        }
    }

    private void Conclude(MetricsFiles files)
    {
        var environment = _pair.Environment;
        var seed = Evaluator.SeedOf(_pair.Plan.Seed);
        var exploit = Evaluator.Evaluate(environment, _pair.Truth, _pair.Agent, RecommendationMode.Exploit, seed);
        var explore = Evaluator.Evaluate(environment, _pair.Truth, _pair.Agent, RecommendationMode.Explore, seed, exploit.Bounds);
        files.Evaluated(exploit);
        AtomicFile.WriteAllText(_folder.PathOf("result.json"), JsonSerializer.Serialize(new { exploit, explore, totals = Totals }, ResultJson.Options) + "\n");
        WriteInsight(_insight?.Conclude());
        LearningCurve.Draw(_folder.Path, $"{_pair.Plan.Agent} in {_pair.Plan.Environment}, seed {_pair.Plan.Seed}");
        if (environment.Spec.HasEpisodes)
        {
            _log.Information(
                "final: {Mean:F4} responses/session in {Rounds:F1} rounds, expected {Expected:F4}; while training {Training:F4} responses/round, {Sessions} sessions ended; {Seconds:F1} s in the loop",
                exploit.MeanResponses, exploit.Rounds, exploit.MeanExpected, Totals.MeanResponses, Totals.Sessions, Totals.Seconds);
        }
        else
        {
            _log.Information(
                "final: {Mean:F4} responses/user, expected {Expected:F4}, regret {Regret:F4}; while training {Training:F4} responses/user, regret {Total:F0} in all; {Seconds:F1} s in the loop",
                exploit.MeanResponses, exploit.MeanExpected, exploit.Regret, Totals.MeanResponses, Totals.Regret, Totals.Seconds);
        }
        var checkpoint = CheckpointStore.Locate(_folder.Path);
        Answer.Give(
            new { folder = _folder.Path, checkpoint, agent = _pair.Plan.Agent, environment = _pair.Plan.Environment, seed = _pair.Plan.Seed, iterations = environment.Iteration, exploit, explore, totals = Totals },
            console => console.Write(EvaluationTable.Of(_pair.Plan.Agent, [exploit], [explore])));
        _log.Information("checkpoint {Checkpoint:l}", checkpoint);
    }
}
