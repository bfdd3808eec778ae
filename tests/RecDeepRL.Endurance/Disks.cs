using System.Diagnostics;
using RecDeepRL.Measuring;

namespace RecDeepRL.Endurance;

/// <summary>Full disks: a small file system in memory of every size up to what the command needs. It must end in one line with exit code 2, leave what was whole as it is, and
/// go on once there is room.</summary>
/// <remarks>Mounting takes root's rights on Linux.</remarks>
internal static class Disks
{
    private const int SizesPerTrial = 24;

    public static int Run(string[] arguments)
    {
        var sizes = Arguments.Number(arguments, 0, "sizes", SizesPerTrial);
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            throw new ArgumentException("Small file systems can be mounted by root on Linux only.");
        var faults = KillTrial.All.Sum(trial => Run(trial, sizes));
        Console.WriteLine(faults == 0 ? "no fault" : $"{faults} faults");
        return faults == 0 ? 0 : 1;
    }

    private static int Run(KillTrial trial, int sizes)
    {
        var folder = Directory.CreateTempSubdirectory("recdeeprl-disk-").FullName;
        var (full, enough, faults) = (0, 0, 0);
        try
        {
            Mount(folder, 1 << 20);
            ProgramUnderTest.Run(folder, trial.Command(folder));
            var expected = trial.Results(folder);
            var needed = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(file => (new FileInfo(file).Length + 4095) / 4096 * 4) + 64;
            Unmount(folder);
            for (var size = 1; size <= sizes; size++)
            {
                var kilobytes = Math.Max(16, needed * size / sizes);
                Mount(folder, kilobytes);
                try
                {
                    using (var process = ProgramUnderTest.Start(folder, trial.Command(folder)))
                    {
                        var error = process.StandardError.ReadToEnd().TrimEnd('\n');
                        process.WaitForExit();
                        if (process.ExitCode == 0)
                            enough++;
                        else if (process.ExitCode == 2 && error.Length > 0 && !error.Contains('\n'))
                            full++;
                        else
                            throw new InvalidDataException($"ended with {process.ExitCode}: {error}");
                    }
                    trial.Inspect(folder);
                    Call("mount", "-o", $"remount,size={1 << 20}k", folder);
                    if (trial.Command(folder) is { Length: > 0 } command)
                        ProgramUnderTest.Run(folder, command);
                    var actual = trial.Results(folder);
                    if (expected.Keys.Union(actual.Keys).FirstOrDefault(name => expected.GetValueOrDefault(name) != actual.GetValueOrDefault(name)) is { } odd)
                        throw new InvalidDataException($"{odd} is not that of a run that always had room");
                }
                catch (Exception fault) when (fault is InvalidDataException or InvalidOperationException or Core.UserMistakeException)
                {
                    faults++;
                    Console.WriteLine($"{trial.Name}, {kilobytes} KiB: {fault.Message}");
                }
                Unmount(folder);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        Console.WriteLine($"{trial.Name}: {full} disks too small, {enough} large enough, {faults} faults");
        return faults;
    }

    private static void Mount(string folder, long kilobytes) => Call("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", folder);

    private static void Unmount(string folder) => Call("umount", folder);

    private static void Call(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new ArgumentException($"'{program} {string.Join(' ', arguments)}' ended with {process.ExitCode}.");
    }
}
