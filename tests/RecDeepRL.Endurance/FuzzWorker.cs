using System.Globalization;
using RecDeepRL.Measuring;
using RecDeepRL.Tests.Fuzzing;

namespace RecDeepRL.Endurance;

/// <summary>One reader's cases, from a first one to before a last; tells on the output where it is.</summary>
internal static class FuzzWorker
{
    /// <summary>Of one kind of fault, so many are told.</summary>
    private const int Told = 1;

    public static int Run(string[] arguments)
    {
        var numbers = arguments.Select(text => long.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        var folder = Directory.CreateTempSubdirectory("recdeeprl-fuzz-").FullName;
        var kinds = new Dictionary<string, int>(StringComparer.Ordinal);
        TorchSharp.torch.set_num_threads(1);
        try
        {
            using var run = new FuzzRun(FuzzTargets.All[(int)numbers[0]](), Path.Combine(folder, "case"));
            for (var number = numbers[1]; number < numbers[2]; number++)
            {
                // Told before it is run: a crash leaves this as the last word.
                Console.Out.WriteLine($"at\t{number}");
                if (run.Run(number) is not { } fault)
                    continue;
                var kind = KindOf(fault);
                kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
                if (kinds[kind] <= Told)
                    Console.Out.WriteLine($"fault\tcase {number}, file {run.Case(number).File}: {kind}");
            }
            Console.Out.WriteLine($"{numbers[2] - numbers[1]} cases, {run.Refused} refused, {run.Accepted} accepted, {run.Stopped} stopped by name, {kinds.Values.Sum()} faults of {kinds.Count} kinds");
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Writes the damaged file of one case to the output, to look at what a reader met.</summary>
    public static int ShowCase(string[] arguments)
    {
        if (arguments.Length != 2)
            throw new ArgumentException("Give the name of a target and the number of a case, as fuzz tells them.");
        var target = FuzzTargets.All.Select(make => make()).FirstOrDefault(one => one.Name == arguments[0])
            ?? throw new ArgumentException($"There is no target '{arguments[0]}'. Targets are {string.Join(", ", FuzzTargets.All.Select(make => make().Name))}.");
        var folder = Directory.CreateTempSubdirectory("recdeeprl-fuzz-").FullName;
        try
        {
            using var run = new FuzzRun(target, Path.Combine(folder, "case"));
            using var output = Console.OpenStandardOutput();
            output.Write(run.Case(Arguments.Number(arguments, 1, "case", 0, least: 0)).Content);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The first line and the places in this program.</summary>
    private static string KindOf(string fault)
    {
        var lines = fault.ReplaceLineEndings("\n").Split('\n');
        var places = lines.Skip(1).Where(line => line.Contains("at RecDeepRL.", StringComparison.Ordinal)).Take(3).Select(line => line.Trim().Split('(')[0]);
        return string.Join(" < ", places.Prepend(lines[0].Length > 160 ? lines[0][..160] : lines[0]));
    }
}
