using System.Diagnostics;

namespace RecDeepRL.EndToEndTests;

/// <summary>A run on a disk that fills up. More sizes and commands: <c>tests/RecDeepRL.Endurance -- disks</c>.</summary>
public sealed class FullDiskTests : WorkingFolder
{
    [SkippableFact]
    public void AFullDiskEndsARunInOneLineAndItGoesOnOnceThereIsRoom()
    {
        var disk = Directory.CreateDirectory(PathOf("disk")).FullName;
        Skip.IfNot(OperatingSystem.IsLinux() && Mounts("-t", "tmpfs", "-o", "size=800k", "tmpfs", disk), "a small file system can be mounted by root on Linux only");
        try
        {
            string[] command = ["train", "ddpg", "--env", "context", "--iterations", "6", "--checkpoint-every", "1", "--evaluate-every", "2", .. Small];
            var stopped = Run([.. command, "--out", "disk/run"]);
            Assert.Equal(2, stopped.ExitCode);
            var line = Assert.Single(stopped.Error.TrimEnd('\n').Split('\n'));
            Assert.Contains("No space left on device", line, StringComparison.Ordinal);
            Assert.Contains("What was written before is whole", line, StringComparison.Ordinal);

            // Some checkpoints found room; the half of the next one is gone again, or it would take the room in which the run can go on.
            var checkpoints = Directory.GetDirectories(Path.Combine(disk, "run"), "*checkpoint*").Select(folder => Path.GetFileName(folder)).ToList();
            Assert.NotEmpty(checkpoints);
            Assert.DoesNotContain("checkpoint-000006", checkpoints);
            Assert.All(checkpoints, name => Assert.StartsWith("checkpoint-", name, StringComparison.Ordinal));
            Assert.True(Mounts("-o", "remount,size=64m", disk));
            Run("train", "--resume", "disk/run", "--checkpoint-every", "1", "--evaluate-every", "2", "--threads", "1").Succeeded();
            Run([.. command, "--out", "whole"]).Succeeded();
            foreach (var file in new[] { "checkpoint-000006/agent.safetensors", "checkpoint-000006/environment.safetensors", "evaluations.csv", "diagnostics.csv" })
                Assert.Equal(File.ReadAllBytes(PathOf("whole/" + file)), File.ReadAllBytes(Path.Combine(disk, "run", file)));
        }
        finally
        {
            Process.Start("umount", [disk]).WaitForExit();
        }
    }

    private static bool Mounts(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("mount", arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
