using System.Diagnostics;
using System.Globalization;
using RecDeepRL.Agents;
using RecDeepRL.Core;
using RecDeepRL.Data.Files;
using RecDeepRL.Data.Logs;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Training;
using RecDeepRL.Measuring;
using RecDeepRL.Simulation;
using TorchSharp;

namespace RecDeepRL.Benchmarks;

/// <summary>Whole cycles of a large population through the program's own loop: sample users, recommend at random, respond, log, measure.
/// Item i of 10,000 gets a response with probability (i mod 10)/10. A timed program, since one cycle takes up to tens of seconds.</summary>
internal static class Cycle
{
    private const int Items = 10_000;

    /// <param name="arguments">Users, then slots (5), cycles (1), threads (2), and a folder for the log (a temporary one).</param>
    public static int Run(string[] arguments)
    {
        var (users, slots, cycles, threads) = (Arguments.Number(arguments, 0, "users", 1_000_000), Arguments.Number(arguments, 1, "slots", 5), Arguments.Number(arguments, 2, "cycles", 1), Arguments.Number(arguments, 3, "threads", 2));
        torch.set_num_threads(threads);
        var folder = Directory.CreateTempSubdirectory("recdeeprl-cycle-").FullName;
        try
        {
            var log = Path.Combine(arguments.Length > 4 ? arguments[4] : folder, "log");
            var plan = new RunPlan
            {
                Agent = "random",
                Environment = "popular",
                EnvironmentOptions = new Dictionary<string, string>
                {
                    ["users"] = users.ToString(CultureInfo.InvariantCulture),
                    ["slateSize"] = slots.ToString(CultureInfo.InvariantCulture),
                    ["sampling"] = "1",
                    ["historyLength"] = "1",
                },
                DataFolder = WriteItems(folder),
                Iterations = cycles,
            };
            Measure(plan, log);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Measure(RunPlan plan, string folder)
    {
        using var pair = RunPair.Create(new Catalog(AgentRegistry.All, EnvironmentRegistry.All), plan, torch.CPU);
        var (spec, resolved) = (pair.Environment.Spec, pair.Plan);
        var run = new LoggedRun(
            0, resolved.Agent, resolved.AgentOptions, resolved.Environment, resolved.EnvironmentOptions, null, spec.PopulationFingerprint, spec.SlateSize, resolved.Seed);
        Console.WriteLine($"{spec.UserCount} users x {spec.SlateSize} slots, {spec.ItemCount} items, {torch.get_num_threads()} threads; {ProcessMemory.Describe()} before the first cycle");
        var watch = Stopwatch.StartNew();
        using var log = InteractionLogWriter.Open(folder, append: false, run, pair.Environment.Population);
        var logging = 0.0;
        var loop = new TrainingLoop(pair, new CycleRecorder(spec.SlateSize, () => logging))
        {
            MeasureOracle = false,
            Responded = feedback =>
            {
                var start = watch.Elapsed;
                log.Add(feedback, pair.Agent as IExplainsSlates);
                logging = (watch.Elapsed - start).TotalSeconds;
            },
        };
        loop.Run(CancellationToken.None);
        log.Complete();
        var seconds = watch.Elapsed.TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{pair.Iterations} cycles: {seconds:F2} s, {loop.Totals.Users / seconds / 1e6:F2} million users/s, {log.RowsWritten / seconds / 1e6:F2} million responses/s; log {log.BytesWritten / 1e6:F0} MB, {(double)log.BytesWritten / log.RowsWritten:F2} bytes/row; {ProcessMemory.Describe()}"));
    }

    /// <summary>The items as a data folder, so that the registered environment reads them.</summary>
    private static string WriteItems(string folder)
    {
        var tables = Directory.CreateDirectory(Path.Combine(folder, "data", "response_models", "data")).FullName;
        var ids = Enumerable.Range(0, Items).Select(item => (long)item).ToArray();
        TableFile.Write(Path.Combine(tables, "popular_items_popularity.parquet"), new DataTable(
        [
            new IntegerColumn("item_idx", ids),
            new IntegerColumn("is_popular", new long[Items]),
            new IntegerColumn("is_unpopular", new long[Items]),
            new NumberColumn("popularity", [.. ids.Select(item => item % 10 / 10.0)]),
        ], "items"));
        return Path.Combine(folder, "data");
    }

    private sealed class CycleRecorder(int slateSize, Func<double> logging) : IRunRecorder
    {
        public void Completed(IterationRecord iteration) => Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"cycle {iteration.Iteration}: {iteration.Seconds:F2} s, of which {logging():F2} s handing over to the log; {iteration.MeanResponses / slateSize:F4} responses/item; {ProcessMemory.Describe()}"));

        public void Evaluated(RecDeepRL.Experiments.Evaluation.EvaluationResult evaluation) { }

        public void CheckpointWritten(string folder) { }
    }
}
