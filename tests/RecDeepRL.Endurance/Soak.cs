using System.Diagnostics;
using System.Globalization;
using RecDeepRL.Experiments.Questions;
using RecDeepRL.Measuring;
using RecDeepRL.Reporting;
using RecDeepRL.Reporting.Questions;

namespace RecDeepRL.Endurance;

/// <summary>A long <c>train ddpg</c> at full speed: resident memory and rounds per second, sampled while it runs, as a table and pictures.</summary>
/// <remarks>Speed is told by the clock and by processor time: other programs on the machine take from the first, and hardly from the second.</remarks>
internal static class Soak
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);

    public static int Run(string[] arguments)
    {
        var minutes = Arguments.Number(arguments, 0, "minutes", 60);
        var output = Path.GetFullPath(arguments.Length > 1 ? arguments[1] : "soak");
        Directory.CreateDirectory(output);
        var folder = Directory.CreateTempSubdirectory("recdeeprl-soak-").FullName;
        var before = 0L;
        var samples = new List<Sample>();
        try
        {
            using var process = ProgramUnderTest.Start(
                folder, "train", "ddpg", "--env", "context", "--iterations", "100000000", "--evaluate-every", "0", "--checkpoint-every", "500", "--insight-every", "0", "--out", "run");
            var watch = Stopwatch.StartNew();
            using var metrics = new RowCounter(Path.Combine(folder, "run", "metrics.csv"));
            var (last, spent) = (TimeSpan.Zero, TimeSpan.Zero);
            while (watch.Elapsed.TotalMinutes < minutes)
            {
                if (process.WaitForExit(s_interval))
                {
                    Console.WriteLine($"the run ended by itself with {process.ExitCode}: {process.StandardError.ReadToEnd()}");
                    return 1;
                }
                process.Refresh();
                var (now, processor, rows) = (watch.Elapsed, process.TotalProcessorTime, metrics.Count());
                samples.Add(new(now.TotalMinutes, process.WorkingSet64 / 1e6, (rows - before) / (now - last).TotalSeconds, (rows - before) / (processor - spent).TotalSeconds));
                (before, last, spent) = (rows, now, processor);
            }
            process.Kill();
            process.WaitForExit();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        File.WriteAllLines(
            Path.Combine(output, "soak.csv"),
            samples.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Minute:F3},{one.Memory:F1},{one.ByClock:F2},{one.ByProcessor:F2}"))
                .Prepend("minute,resident_megabytes,rounds_per_second,rounds_per_processor_second"));
        Draw("memory", "Resident memory of train ddpg", "MB", samples.Select(one => new PicturePoint(one.Minute, one.Memory)));
        Draw("speed", "Speed of train ddpg", "rounds per second of processor time", samples.Select(one => new PicturePoint(one.Minute, one.ByProcessor)));
        // The first tenth is warming up: compilation, buffers that grow to their size.
        var steady = samples.Skip(samples.Count / 10).ToList();
        var (first, second) = (steady[..(steady.Count / 2)], steady[(steady.Count / 2)..]);
        Console.WriteLine($"{before} rounds in {minutes} minutes; the first tenth apart, means of the first half and of the second:");
        Tell("resident memory, MB", one => one.Memory);
        Tell("rounds per second of processor time", one => one.ByProcessor);
        Tell("rounds per second by the clock", one => one.ByClock);
        return 0;

        void Tell(string what, Func<Sample, double> figure) =>
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {first.Average(figure):F1}, {second.Average(figure):F1}"));

        void Draw(string name, string title, string unit, IEnumerable<PicturePoint> points)
        {
            var (plot, width, height) = AnswerPlots.Draw(new LinePicture(name, title, "minutes", unit, [new PictureLine(unit, [.. points])]));
            using (plot)
                Plots.Save(plot, Path.Combine(output, $"soak-{name}"), width, height);
        }
    }

    private sealed record Sample(double Minute, double Memory, double ByClock, double ByProcessor);

    /// <summary>Counts the rows of a table that grows, each byte read once.</summary>
    private sealed class RowCounter(string path) : IDisposable
    {
        private readonly byte[] _buffer = new byte[1 << 16];
        private FileStream? _file;
        private long _lines;

        public long Count()
        {
            if (_file is null && File.Exists(path))
                _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            while (_file?.Read(_buffer) is > 0 and var read)
                _lines += _buffer.AsSpan(0, read).Count((byte)'\n');
            return Math.Max(0, _lines - 1);
        }

        public void Dispose() => _file?.Dispose();
    }
}
