using System.Diagnostics;
using System.Globalization;
using RecDeepRL.Agents;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Training;
using RecDeepRL.Measuring;
using RecDeepRL.Simulation;
using TorchSharp;

namespace RecDeepRL.Benchmarks;

/// <summary>Many rounds of <c>personal</c> with the random agent, without a log: does memory grow?</summary>
internal static class Soak
{
    /// <param name="arguments">Rounds (10000), then threads (2).</param>
    public static int Run(string[] arguments)
    {
        torch.set_num_threads(Arguments.Number(arguments, 1, "threads", 2));
        var rounds = Arguments.Number(arguments, 0, "rounds", 10_000);
        using var pair = RunPair.Create(
            new Catalog(AgentRegistry.All, EnvironmentRegistry.All), new RunPlan { Agent = "random", Environment = "personal", Iterations = rounds }, torch.CPU);
        var samples = new Samples(Math.Max(1, rounds / 10));
        new TrainingLoop(pair, samples) { MeasureOracle = false }.Run(CancellationToken.None);
        samples.Report();
        return 0;
    }

    private sealed class Samples(int every) : IRunRecorder
    {
        private readonly List<(long Iteration, double Resident, double Managed, long Tensors)> _taken = [];
        private readonly Stopwatch _watch = Stopwatch.StartNew();
        private long _users;

        public void Completed(IterationRecord iteration)
        {
            _users += iteration.Users;
            if (iteration.Iteration % every != 0)
                return;
            _taken.Add((iteration.Iteration, ProcessMemory.Resident, ProcessMemory.Managed, ProcessMemory.Tensors));
            var (_, resident, managed, tensors) = _taken[^1];
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"round {iteration.Iteration}: resident {resident:F1} MB, managed {managed:F2} MB, {tensors} tensors; {_users / _watch.Elapsed.TotalSeconds:F0} users/s"));
        }

        public void Evaluated(RecDeepRL.Experiments.Evaluation.EvaluationResult evaluation) { }

        public void CheckpointWritten(string folder) { }

        /// <summary>Growth since the first sample, when everything had been reached once.</summary>
        public void Report() => Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"growth from round {_taken[0].Iteration} to {_taken[^1].Iteration}: resident {_taken[^1].Resident - _taken[0].Resident:+0.0;-0.0;0.0} MB, managed {_taken[^1].Managed - _taken[0].Managed:+0.00;-0.00;0.00} MB, tensors {_taken[^1].Tensors - _taken[0].Tensors:+0;-0;0}"));
    }
}
