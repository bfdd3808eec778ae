using System.Diagnostics;
using System.Globalization;
using RecDeepRL.Core;
using RecDeepRL.Measuring;

namespace RecDeepRL.Benchmarks;

/// <summary>What it costs to divide a run among workers of this machine: seconds, bytes and memory of a round of <c>popular</c> with thompson on 1, 2 and 4 shards,
/// against the same run in one process on as many cores.</summary>
internal static class Shards
{
    private const int Cores = 2;

    /// <summary>Rounds before what is measured: the first ones compile and fill memory.</summary>
    private const int WarmUp = 5;

    /// <param name="arguments">Path of the program, then users (1000000), then rounds (30), then further arguments of 'train', such as --staleness 1.</param>
    public static int Run(string[] arguments)
    {
        if (arguments.Length == 0)
            throw new UserMistakeException("Give the path of the program first, then users, rounds and further arguments of 'train'.");
        var program = Path.GetFullPath(arguments[0]);
        var (users, rounds) = (Arguments.Number(arguments, 1, "users", 1_000_000), Arguments.Number(arguments, 2, "rounds", 30));
        var folder = Directory.CreateTempSubdirectory("recdeeprl-shards-").FullName;
        try
        {
            var bench = new Bench(program, folder, ["train", "thompson", "--env", "popular", "--set", $"users={users}", "--iterations", $"{rounds}", "--evaluate-every", "0", "--checkpoint-every", "0"], [.. arguments.Skip(3)]);
            Console.WriteLine($"{users} users, a tenth of them in each of {rounds} rounds; medians after the first {WarmUp}; {Cores} threads in all");
            Console.WriteLine("| run | seconds a round | of one process | sent to shards | sent by shards | most memory of a worker, of the client |");
            Console.WriteLine("|---|---|---|---|---|---|");
            // One process first and last: what differs between the two is the machine.
            var one = bench.Local("one process");
            foreach (var (shards, workers) in new[] { (1, 1), (2, 2), (4, 2) })
                bench.Divided(shards, workers, one);
            bench.Local("one process again", one);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Bench(string program, string folder, string[] train, string[] further)
    {
        private int _runs;

        public double Local(string name, double? one = null)
        {
            var output = NewFolder();
            var memory = Finish(Start(Cores, [.. train, "--device", "cpu", "--threads", $"{Cores}", "--insight-every", "0", "--out", output]));
            var seconds = Median(Path.Combine(output, "metrics.csv"), "seconds");
            Tell(name, seconds, one ?? seconds, "", "", $"{memory:F0} MB");
            return seconds;
        }

        public void Divided(int shards, int workers, double one)
        {
            var (output, file) = (NewFolder(), Path.Combine(folder, $"cluster{_runs}.json"));
            var port = 21000 + (_runs * 20);
            File.WriteAllText(file, $$"""{ "clusterId": "bench{{_runs}}", "siloPort": {{port}}, "gatewayPort": {{port + 10}}, "workersPerMachine": 4 }""");
            var serving = new List<Process>();
            try
            {
                for (var worker = 0; worker < workers; worker++)
                {
                    serving.Add(Start(Cores / workers, "worker", "--cluster", file, "--cells", $"{shards / workers}", "--threads", $"{Math.Max(1, Cores / shards)}"));
                    // Says that it is there.
                    serving[^1].StandardOutput.ReadLine();
                }
                var client = Finish(Start(1, [.. train, "--device", "cpu", "--threads", "1", "--cluster", file, "--shards", $"{shards}", "--out", output, .. further]));
                var table = Path.Combine(output, "shards.csv");
                Tell(
                    $"{shards} shards on {workers} workers{string.Concat(further.Select(word => " " + word))}", Median(Path.Combine(output, "metrics.csv"), "seconds"), one,
                    $"{shards * Median(table, "request_bytes"):F0} B", $"{shards * Median(table, "answer_bytes"):F0} B", $"{serving.Max(Peak):F0} MB, {client:F0} MB");
            }
            finally
            {
                foreach (var worker in serving)
                {
                    worker.Kill();
                    worker.WaitForExit();
                    worker.Dispose();
                }
            }
        }

        private string NewFolder() => Path.Combine(folder, $"run{_runs++}");

        private static void Tell(string name, double seconds, double one, string requests, string answers, string memory) => Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {name} | {seconds:F4} | {100 * seconds / one:F0} % | {requests} | {answers} | {memory} |"));

        private Process Start(int threads, params string[] arguments)
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, WorkingDirectory = folder };
            start.Environment["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
            return Process.Start(start)!;
        }

        /// <returns>The most that was resident, in MB.</returns>
        private static double Finish(Process process)
        {
            using (process)
            {
                var (said, peak) = (process.StandardOutput.ReadToEndAsync(), 0.0);
                while (!process.WaitForExit(100))
                    peak = Math.Max(peak, Peak(process));
                return process.ExitCode == 0 ? peak : throw new InvalidOperationException($"the run ended with {process.ExitCode}: {said.Result}");
            }
        }

        private static double Peak(Process process)
        {
            try
            {
                return ProcessMemory.PeakOf($"/proc/{process.Id}/status");
            }
            catch (IOException)
            {
                // It has just ended.
                return 0;
            }
        }

        private static double Median(string path, string column)
        {
            var lines = File.ReadAllLines(path);
            var header = lines[0].Split(',');
            var (place, iteration) = (Array.IndexOf(header, column), Array.IndexOf(header, "iteration"));
            var values = lines.Skip(1).Select(line => line.Split(','))
                .Where(row => int.Parse(row[iteration], CultureInfo.InvariantCulture) > WarmUp)
                .Select(row => double.Parse(row[place], CultureInfo.InvariantCulture)).Order().ToList();
            return values[values.Count / 2];
        }
    }
}
