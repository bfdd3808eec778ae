using System.Diagnostics;
using RecDeepRL.Measuring;

namespace RecDeepRL.Endurance;

/// <summary>Kills (SIGKILL) at random moments, each followed by the same command again, until it finishes; what it then has must be what an undisturbed one has.</summary>
internal static class Kills
{
    /// <summary>Kills of one run before it may finish.</summary>
    private const int MostPerRun = 10;

    public static int Run(string[] arguments)
    {
        var wanted = Arguments.Number(arguments, 0, "kills", 200);
        var trials = KillTrial.All.Where(trial => arguments.Length < 2 || trial.Name.Contains(arguments[1], StringComparison.Ordinal)).ToList();
        if (trials.Count == 0)
            throw new ArgumentException($"No trial is called '{arguments[1]}'. Trials are {string.Join(", ", KillTrial.All.Select(trial => trial.Name))}.");
        var random = new Random(1);
        var faults = 0;
        foreach (var trial in trials)
            faults += Run(trial, (wanted + trials.Count - 1) / trials.Count, random);
        Console.WriteLine(faults == 0 ? "no fault" : $"{faults} faults");
        return faults == 0 ? 0 : 1;
    }

    private static int Run(KillTrial trial, int wanted, Random random)
    {
        using var reference = new WorkFolder();
        var watch = Stopwatch.StartNew();
        ProgramUnderTest.Run(reference.Path, trial.Command(reference.Path));
        var whole = watch.Elapsed;
        var expected = trial.Results(reference.Path);
        var (kills, inWriting, runs, faults) = (0, 0, 0, 0);
        while (kills < wanted)
        {
            using var folder = new WorkFolder();
            runs++;
            try
            {
                for (var killed = 0; trial.Command(folder.Path) is { Length: > 0 } command;)
                {
                    using var process = ProgramUnderTest.Start(folder.Path, command);
                    // Of the last one nothing is killed, or a run might never end.
                    if (process.WaitForExit(killed < MostPerRun ? whole * random.NextDouble() * 1.1 : TimeSpan.FromMinutes(10)))
                    {
                        if (process.ExitCode != 0)
                            throw new InvalidDataException($"'{string.Join(' ', command)}' ended with {process.ExitCode}: {process.StandardError.ReadToEnd()}");
                        break;
                    }
                    process.Kill();
                    process.WaitForExit();
                    killed++;
                    kills++;
                    inWriting += KillTrial.HasLeftovers(folder.Path) ? 1 : 0;
                    trial.Inspect(folder.Path);
                }
                var actual = trial.Results(folder.Path);
                if (expected.Keys.Union(actual.Keys).FirstOrDefault(name => expected.GetValueOrDefault(name) != actual.GetValueOrDefault(name)) is { } odd)
                    throw new InvalidDataException($"{odd} is not that of a run that was never killed");
            }
            catch (Exception fault) when (fault is InvalidDataException or Core.UserMistakeException)
            {
                faults++;
                folder.Keep = true;
                Console.WriteLine($"{trial.Name}: {fault.Message}; see {folder.Path}, and {reference.Path} for comparison");
                reference.Keep = true;
            }
        }
        Console.WriteLine($"{trial.Name}: {kills} kills of {runs} runs, {inWriting} while something was being written, {faults} faults, {watch.Elapsed.TotalSeconds:F0} s");
        return faults;
    }

    private sealed class WorkFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("recdeeprl-kills-").FullName;

        public bool Keep { get; set; }

        public void Dispose()
        {
            if (!Keep)
                Directory.Delete(Path, recursive: true);
        }
    }
}
