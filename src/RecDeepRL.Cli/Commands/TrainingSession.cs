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
    private readonly string _askedDevice;
    private readonly InsightCollector? _insight;
    private readonly DividedRun? _divided;
    private readonly LoggingLevelSwitch _consoleLevel = new(LogEventLevel.Information);
    private readonly Logger _log;
    private TrainingTotals _totals;
    private bool _isAbandoned;

    private TrainingSession(RunPair pair, RunFolder folder, TrainingTotals totals, InsightCollector? insight, string askedDevice, DividedRun? divided)
    {
        _pair = pair;
        _divided = divided;
        _folder = folder;
        _totals = totals;
        _insight = insight;
        _log = RunLog.Create(folder.PathOf("run.log"), _consoleLevel);
        _askedDevice = askedDevice;
        // Of a divided run there is nothing to say before somebody is there to carry it out.
        if (divided is null)
            Announce();
    }

    /// <summary>Rounds between evaluations; none for a tenth of the run.</summary>
    public int? EvaluateEvery { get; set; }

    /// <summary>Rounds between checkpoints; none for a tenth of the run.</summary>
    public int? CheckpointEvery { get; set; }

    /// <param name="output">The run folder; none for a new one below checkpoints/.</param>
    /// <param name="insightEvery">Rounds that insight sums up at a time, 0 for no insight, none for a hundredth of the run.</param>
    /// <param name="shards">How the population is divided; none for a run in this process.</param>
    public static TrainingSession Start(RunInput input, string? output, int? insightEvery, ShardRequest? shards)
    {
        var device = Devices.Choose(input.Device);
        var divided = shards?.Create(input.Plan, device);
        var pair = divided?.Pair ?? RunPair.Create(CommonOptions.Catalog, input.Plan, device);
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
            var session = new TrainingSession(pair, folder, TrainingTotals.None, insight, input.Device, divided);
            if (pair.Plan.WarmStart is { } log)
                session._log.Information("learned from {Rounds} iterations of {Log:l}{Remark:l}; the run's own follow", learned, log, remark);
            return session;
        }
        catch
        {
            insight?.Dispose();
            folder?.Dispose();
            Dispose(pair, divided);
            throw;
        }
    }

    /// <param name="path">A run folder.</param>
    /// <param name="agent">Must be the run's agent where it is named.</param>
    /// <param name="iterations">A new number of rounds for the whole run, or none.</param>
    /// <param name="device">Another device, or none for the run's own.</param>
    /// <param name="data">Where the data is now, or none for where it was.</param>
    /// <param name="insightEvery">Rounds that insight sums up at a time from now on, 0 for no insight, none for as before.</param>
    /// <param name="shards">How the population is divided from now on; none for a run in this process.</param>
    public static TrainingSession Resume(string path, string? agent, int? iterations, string? device, string? data, int? insightEvery, ShardRequest? shards)
    {
        // Looked for before the folder is taken hold of, which leaves a lock file in it.
        CheckpointStore.Locate(path);
        var folder = RunFolder.Open(path);
        RunPair? pair = null;
        DividedRun? divided = null;
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
            divided = shards?.Create(plan, Devices.Choose(asked));
            pair = divided?.Pair ?? RunPair.Create(CommonOptions.Catalog, plan, Devices.Choose(asked));
            // Before the state is restored: users are divided and items chosen by what they are at the beginning.
            insight = insightEvery == 0 ? null : new InsightCollector(pair, insightEvery);
            CheckpointStore.Restore(checkpoint, manifest, pair);
            if (insight is not null && CheckpointStore.ReadCompanion(checkpoint, manifest, InsightFile.Name) is { } text)
                insight.GoOnFrom(InsightFile.FromText(text, Path.Combine(checkpoint, InsightFile.Name)), keepWindow: insightEvery is null);
            else
                insight?.BeginAt(manifest.Iteration);
            var session = new TrainingSession(pair, folder, manifest.Totals, insight, asked, divided);
            if (divided is null)
                session._log.Information("resumed from {Checkpoint:l} after {Iteration} iterations", Path.GetFileName(checkpoint), manifest.Iteration);
            return session;
        }
        catch
        {
            insight?.Dispose();
            if (pair is not null)
                Dispose(pair, divided);
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Says what the run is.</summary>
    private void Announce()
    {
        var spec = _pair.Environment.Spec;
        _log.Information(
            "{Agent:l} in {Environment:l} ({Source:l}): {Users} users, {Items} items, slates of {Slots}, {Iterations} iterations, seed {Seed}, device {Device:l}{Chosen:l}",
            _pair.Plan.Agent, spec.Name, _pair.Plan.DataFolder ?? "built-in population", spec.UserCount, spec.ItemCount, spec.SlateSize, _pair.Iterations, _pair.Plan.Seed,
            Devices.Describe(spec.Device), _askedDevice == "auto" ? " (chosen by auto)" : "");
        if (_divided is not null)
            _log.Information("{Division:l}", _divided.Description);
        _log.Information("run folder {Folder:l}", _folder.Path);
    }

    /// <returns>The program's exit code.</returns>
    public int Run()
    {
        using var interruption = new Interruption();
        _folder.Holder.Announce(_pair.Iterations);
        using var request = _folder.Holder.WhenAskedToStop(interruption.Request);
        try
        {
            if (_divided is null)
                return Train(new LocalRounds(_pair) { Responded = _insight is null ? null : _insight.Responded }, interruption.Token);
            using var rounds = Place(interruption.Token);
            return new DividedTraining(_pair, _folder, _log).Run(rounds, totals =>
            {
                _totals = totals;
                return Train(rounds, interruption.Token);
            }, interruption.Token);
        }
        catch (NotFiniteException fault)
        {
            _log.Error(
                "{Fault:l} {Checkpoint:l}", fault.Message,
                CheckpointStore.All(_folder.Path).Count > 0 ? $"The newest checkpoint in {_folder.Path} is from before." : $"{_folder.Path} holds no checkpoint from before.");
            return ExitCode.Fault;
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            // While others were found in the place of those who were lost: the run is where its newest checkpoint is.
            return _isAbandoned ? ExitCode.Interrupted : Stopped(CheckpointStore.All(_folder.Path) is [.., var newest] ? CheckpointStore.ReadManifest(newest).Iteration : 0);
        }
    }

    public void Dispose()
    {
        _insight?.Dispose();
        Dispose(_pair, _divided);
        _log.Dispose();
        _folder.Dispose();
    }

    private static void Dispose(RunPair pair, DividedRun? divided)
    {
        if (divided is not null)
            divided.Owner.Dispose();
        else
            pair.Dispose();
    }

    /// <summary>Finds those among whom the run is divided.</summary>
    private IRecoverableRounds Place(CancellationToken cancellation)
    {
        try
        {
            var rounds = _divided!.Place(_log, cancellation);
            Announce();
            return rounds;
        }
        catch (Exception fault) when (fault is UserMistakeException or OperationCanceledException && CheckpointStore.All(_folder.Path).Count == 0)
        {
            // Where nobody is there, that is all there is to say.
            _isAbandoned = true;
            _log.Dispose();
            _folder.Abandon("config.json", "run.log");
            throw;
        }
    }

    private int Train(IRounds rounds, CancellationToken cancellation)
    {
        var tenth = Math.Max(1, _pair.Iterations / 10);
        using var files = new MetricsFiles(_folder.Path, _pair.Environment.Iteration);
        using var record = _divided?.Record(_folder.Path);
        var loop = new Func<ProgressTask?, bool>(bar =>
        {
            var progress = new TrainingProgress(_log, _pair.Environment.Iteration, _pair.Iterations, bar);
            var training = new TrainingLoop(_pair, new RecorderGroup([files, progress, .. _insight is null ? [] : (IRunRecorder[])[_insight]]), _folder.Path)
            {
                Rounds = rounds,
                EvaluateEvery = EvaluateEvery ?? tenth,
                CheckpointEvery = CheckpointEvery ?? tenth,
                Companions = _insight is null ? null : () => new Dictionary<string, string> { [InsightFile.Name] = InsightFile.ToText(_insight.Read()) },
            };
            training.ContinueFrom(_totals);
            var finished = training.Run(cancellation);
            _totals = training.Totals;
            return finished;
        });
        if (!(Screen.IsTerminal ? WithBar(loop) : loop(null)))
            return Stopped(_pair.Environment.Iteration);
        Conclude(rounds, files);
        return ExitCode.Done;
    }

    private int Stopped(long iteration)
    {
        WriteInsight(_insight?.Read());
        _log.Information("stopped after {Iteration} of {Iterations} iterations; go on with: train --resume {Folder:l}", iteration, _pair.Iterations, _folder.Path);
        return ExitCode.Interrupted;
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

    private void Conclude(IRounds rounds, MetricsFiles files)
    {
        var environment = _pair.Environment;
        var seed = Evaluator.SeedOf(_pair.Plan.Seed);
        var exploit = rounds.Evaluate(RecommendationMode.Exploit, seed);
        var explore = rounds.Evaluate(RecommendationMode.Explore, seed, exploit.Bounds);
        files.Evaluated(exploit);
        AtomicFile.WriteAllText(_folder.PathOf("result.json"), JsonSerializer.Serialize(new { exploit, explore, totals = _totals }, ResultJson.Options) + "\n");
        WriteInsight(_insight?.Conclude());
        LearningCurve.Draw(_folder.Path, $"{_pair.Plan.Agent} in {_pair.Plan.Environment}, seed {_pair.Plan.Seed}");
        FinalLine.Write(_log, exploit, _totals, environment.Spec.HasEpisodes);
        var checkpoint = CheckpointStore.Locate(_folder.Path);
        Answer.Give(
            new { folder = _folder.Path, checkpoint, agent = _pair.Plan.Agent, environment = _pair.Plan.Environment, seed = _pair.Plan.Seed, iterations = environment.Iteration, exploit, explore, totals = _totals },
            console => console.Write(EvaluationTable.Of(_pair.Plan.Agent, [exploit], [explore])));
        _log.Information("checkpoint {Checkpoint:l}", checkpoint);
    }
}
