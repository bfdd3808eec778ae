using System.Collections.Concurrent;
using System.Diagnostics;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Experiments.Evaluation;
using RecDeepRL.Experiments.Insight;
using RecDeepRL.Experiments.Training;
using TorchSharp;

namespace RecDeepRL.Experiments.Comparison;

/// <summary>Runs a comparison, several cells side by side, one thread each.</summary>
/// <param name="catalog">What can be run.</param>
/// <param name="device">Where every cell runs.</param>
/// <param name="jobs">Cells side by side; libtorch is expected to be held to one thread for each when there are several.</param>
public sealed class ComparisonRunner(Catalog catalog, torch.Device device, int jobs)
{
    private readonly string _build = ProgramBuild.Of(catalog);

    /// <summary>Called after each cell, on any thread but never two at once. What it throws counts as the cell's failure, a mistake of the user's as the comparison's.</summary>
    public Action<RunPlan, ComparisonCell>? Finished { get; init; }

    /// <summary>Called when a cell begins and after each of its rounds, with the rounds completed and those of the whole cell; on any thread, also two at once.</summary>
    public Action<RunPlan, long, long>? Progressed { get; init; }

    /// <summary>Cells that need not be run, since they have been before.</summary>
    public Func<RunPlan, bool>? IsFinished { get; init; }

    /// <summary>Called when a cell fails for another reason than a mistake of the user's; the others go on.</summary>
    public Action<RunPlan, Exception>? Failed { get; init; }

    /// <summary>Given, cells are looked into, and what was seen handed over at its end, before <see cref="Finished"/>; on any thread, also two at once.</summary>
    public Action<RunPlan, RunInsight>? LookedInto { get; init; }

    /// <summary>Which cells <see cref="LookedInto"/> is wanted of; none for all.</summary>
    public Func<RunPlan, bool>? LooksInto { get; init; }

    /// <summary>Rounds that a snapshot of the insight sums up; none for as many as make a hundred of a run, and more than a run has for one at its end.</summary>
    public int? InsightEvery { get; init; }

    /// <returns>A row for each cell that was run to its end, ordered as the plan's pairs, then by seed.</returns>
    /// <exception cref="UserMistakeException">A plan cannot be carried out; nothing more is started then.</exception>
    public IReadOnlyList<ComparisonRow> Run(ComparisonPlan plan, CancellationToken cancellation)
    {
        var tasks = new ConcurrentQueue<List<(int Place, RunPlan Plan)>>(Tasks(plan));
        var rows = new ConcurrentBag<(int Place, ComparisonRow Row)>();
        var gate = new Lock();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Exception? mistake = null;
        var workers = Enumerable.Range(0, Math.Clamp(jobs, 1, Math.Max(tasks.Count, 1))).Select(_ => new Thread(Work)).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        if (mistake is not null)
            throw new UserMistakeException(mistake.Message, mistake);
        return [.. rows.OrderBy(one => one.Place).ThenBy(one => one.Row.Seed).Select(one => one.Row)];

        void Work()
        {
            using var environments = new EnvironmentShelf(catalog, device);
            while (!stop.IsCancellationRequested && tasks.TryDequeue(out var cells))
            {
                foreach (var (place, cell) in cells)
                {
                    if (stop.IsCancellationRequested)
                        return;
                    try
                    {
                        if (RunCell(cell, environments, stop.Token) is not { } finished)
                            return;
                        lock (gate)
                            Finished?.Invoke(cell, finished);
                        rows.Add((place, finished.Row));
                    }
                    catch (UserMistakeException fault)
                    {
                        mistake = fault;
                        stop.Cancel();
                    }
#pragma warning disable CA1031 // One failing cell is reported and must not lose the others.
                    catch (Exception fault)
#pragma warning restore CA1031
                    {
                        lock (gate)
                            Failed?.Invoke(cell, fault);
                    }
                }
            }
        }
    }

    /// <summary>The cells still to be run, in the order in which they are begun. Cells that share a population are one task: it is made or read once,
    /// and reset for each agent. Where that leaves workers without a task, tasks are divided, and the population is made for each part.</summary>
    private List<List<(int Place, RunPlan Plan)>> Tasks(ComparisonPlan plan)
    {
        var pairs = plan.Pairs.Select(pair => pair.Resolve(catalog)).ToList();
        var tasks = (from environment in pairs.Index().GroupBy(pair => (pair.Item.Environment, pair.Item.ChangedEnvironmentOptions(catalog)))
                     from seed in plan.Seeds
                     let cells = environment.Select(pair => (Place: pair.Index, Plan: pair.Item with { Seed = seed })).Where(cell => IsFinished?.Invoke(cell.Plan) != true).ToList()
                     where cells.Count > 0
                     select cells).ToList();
        return tasks.Count >= jobs || tasks.Count == 0
            ? tasks
            : [.. tasks.SelectMany(cells => cells.Chunk(Math.Max(1, cells.Count * tasks.Count / jobs)).Select(part => part.ToList()))];
    }

    private ComparisonCell? RunCell(RunPlan plan, EnvironmentShelf environments, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var environment = environments.Get(plan);
        using var pair = RunPair.Create(catalog, plan, environment);
        Progressed?.Invoke(plan, 0, pair.Iterations);
        var recorder = new RoundRecorder(iteration => Progressed?.Invoke(plan, iteration, pair.Iterations));
        using var insight = LookedInto is null || LooksInto?.Invoke(plan) == false ? null : new InsightCollector(pair, InsightEvery);
        var loop = insight is null
            ? new TrainingLoop(pair, recorder)
            : new TrainingLoop(pair, new RecorderGroup(recorder, insight)) { Responded = insight.Responded };
        if (!loop.Run(cancellation))
            return null;
        if (insight is not null)
            LookedInto!(plan, insight.Conclude());
        var seed = Evaluator.SeedOf(plan.Seed);
        var bounds = environments.BoundsOf(pair, seed);
        var final = Evaluator.Evaluate(environment, pair.Truth, pair.Agent, RecommendationMode.Exploit, seed, bounds);
        var explore = Evaluator.Evaluate(environment, pair.Truth, pair.Agent, RecommendationMode.Explore, seed, bounds);
        var totals = loop.Totals;
        var row = new ComparisonRow
        {
            Environment = plan.Environment,
            Agent = plan.Agent,
            Seed = plan.Seed,
            Final = final.MeanResponses,
            FinalExpected = final.MeanExpected,
            TrainingMean = totals.MeanResponses,
            Random = bounds.Random,
            BestFixed = bounds.BestFixed,
            Oracle = bounds.Oracle,
            Seconds = totals.Seconds,
            FinalExplore = explore.MeanResponses,
            TrainingExpected = totals.Expected / totals.Users,
            TrainingOracle = totals.Oracle / totals.Users,
            SlateSize = environment.Spec.SlateSize,
            Myopic = bounds.Myopic,
            Rounds = final.Rounds,
            Iterations = environment.Iteration,
            Source = plan.DataFolder is null ? "built-in" : "data",
            Device = Devices.Describe(device),
            AgentOptions = plan.ChangedAgentOptions(catalog),
            EnvironmentOptions = plan.ChangedEnvironmentOptions(catalog),
        };
        return new ComparisonCell(row, recorder.Rounds)
        {
            AgentOptions = plan.AgentOptions,
            EnvironmentOptions = plan.EnvironmentOptions,
            Diagnostics = recorder.Diagnostics,
            IsBound = catalog.Agents.Find("agent", plan.Agent).IsBound,
            WallSeconds = watch.Elapsed.TotalSeconds,
            Build = _build,
        };
    }

    /// <summary>Keeps the latest environment, and those of its bounds that are the same whoever has been served in it. An environment that is read from files
    /// does not depend on the seed, and serves every seed.</summary>
    private sealed class EnvironmentShelf(Catalog catalog, torch.Device device) : IDisposable
    {
        private (string Name, string Options, long? Seed)? _key;
        private readonly Dictionary<long, Bounds> _bounds = [];
        private IEnvironment? _environment;

        public IEnvironment Get(RunPlan plan)
        {
            (string Name, string Options, long? Seed) key = (plan.Environment, plan.ChangedEnvironmentOptions(catalog), plan.DataFolder is null ? plan.Seed : null);
            if (_environment is null || _key != key)
            {
                _environment?.Dispose();
                _environment = null;
                _bounds.Clear();
                _environment = RunPair.CreateEnvironment(catalog, plan, device);
                _key = key;
            }
            return _environment;
        }

        /// <param name="pair">At the end of its run, in the environment of the latest <see cref="Get"/>.</param>
        public Bounds BoundsOf(RunPair pair, long seed)
        {
            var environment = pair.Environment;
            if (_bounds.TryGetValue(seed, out var known))
                return known;
            var bounds = Bounds.Of(environment, pair.Truth, environment.Iteration, seed);
            // Sessions are played apart from the run; a truth that never changes, with nothing masked, has the same bounds after every run.
            if (environment.Spec.HasEpisodes || (pair.Truth.IsStationary && !Bounds.DependOnSeed(environment)))
                _bounds[seed] = bounds;
            return bounds;
        }

        public void Dispose() => _environment?.Dispose();
    }
}
