using System.Diagnostics;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Experiments.Evaluation;
using RecDeepRL.Experiments.Insight;
using RecDeepRL.Experiments.Training;
using TorchSharp;

namespace RecDeepRL.Experiments.Comparison;

/// <summary>Carries out cells on the threads that ask for it, in this process.</summary>
/// <param name="catalog">What can be run.</param>
/// <param name="device">Where every cell runs.</param>
/// <param name="width">Cells side by side; libtorch is expected to be held to one thread for each when there are several.</param>
/// <param name="deviceName">What results call the device; none for its own name.</param>
public sealed class LocalCells(Catalog catalog, torch.Device device, int width, string? deviceName = null) : ICellPool
{
    private readonly string _build = ProgramBuild.Of(catalog);
    private readonly string _deviceName = deviceName ?? Devices.Describe(device);

    public int Width => Math.Max(width, 1);

    public ICellPlace Open() => new Place(this, new EnvironmentShelf(catalog, device));

    public void Dispose() { }

    private ComparisonCell? Run(CellOrder order, EnvironmentShelf environments, CancellationToken cancellation)
    {
        var plan = order.Plan;
        var watch = Stopwatch.StartNew();
        var kept = TimeSpan.Zero;
        var environment = environments.Get(plan);
        using var pair = RunPair.Create(catalog, plan, environment);
        var from = order.LookedInto is null ? order.From : null;
        order.Progressed?.Invoke(from?.Iteration ?? 0, pair.Iterations);
        TrainingLoop? loop = null;
        RoundRecorder? recorder = null;
        recorder = new RoundRecorder(iteration =>
        {
            order.Progressed?.Invoke(iteration, pair.Iterations);
            if (order.Checkpointed is null || order.LookedInto is not null || iteration == pair.Iterations || watch.Elapsed - kept < order.CheckpointEvery)
                return;
            using var checkpoint = CellCheckpoint.Of(pair, loop!.Totals, recorder!, (from?.WallSeconds ?? 0) + watch.Elapsed.TotalSeconds);
            order.Checkpointed(checkpoint);
            kept = watch.Elapsed;
        });
        using var insight = order.LookedInto is null ? null : new InsightCollector(pair, order.InsightEvery);
        loop = insight is null
            ? new TrainingLoop(pair, recorder)
            : new TrainingLoop(pair, new RecorderGroup(recorder, insight)) { Responded = insight.Responded };
        if (from is not null)
        {
            from.Restore(pair);
            recorder.ContinueFrom(from);
            loop.ContinueFrom(from.Totals);
        }
        if (!loop.Run(cancellation))
            return null;
        if (insight is not null)
            order.LookedInto!(insight.Conclude());
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
            Device = _deviceName,
            AgentOptions = plan.ChangedAgentOptions(catalog),
            EnvironmentOptions = plan.ChangedEnvironmentOptions(catalog),
        };
        return new ComparisonCell(row, recorder.Rounds)
        {
            AgentOptions = plan.AgentOptions,
            EnvironmentOptions = plan.EnvironmentOptions,
            Diagnostics = recorder.Diagnostics,
            IsBound = catalog.Agents.Find("agent", plan.Agent).IsBound,
            WallSeconds = (from?.WallSeconds ?? 0) + watch.Elapsed.TotalSeconds,
            Build = _build,
        };
    }

    private sealed class Place(LocalCells pool, EnvironmentShelf environments) : ICellPlace
    {
        public ComparisonCell? Run(CellOrder order, CancellationToken cancellation) => pool.Run(order, environments, cancellation);

        public void Dispose() => environments.Dispose();
    }

    /// <summary>Keeps the latest environment, and those of its bounds that are the same whoever has been served in it. An environment that is read from files
    /// does not depend on the seed, and serves every seed.</summary>
    private sealed class EnvironmentShelf(Catalog catalog, torch.Device device) : IDisposable
    {
        private (string Name, string Options, string? Data, int? Iterations, long? Seed)? _key;
        private readonly Dictionary<long, Bounds> _bounds = [];
        private IEnvironment? _environment;

        public IEnvironment Get(RunPlan plan)
        {
            // One place may serve several comparisons in turn; bounds may depend on where a run ends.
            (string Name, string Options, string? Data, int? Iterations, long? Seed) key =
                (plan.Environment, plan.ChangedEnvironmentOptions(catalog), plan.DataFolder, plan.Iterations, plan.DataFolder is null ? plan.Seed : null);
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
