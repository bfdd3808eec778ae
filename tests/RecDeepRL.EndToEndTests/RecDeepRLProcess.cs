using System.Diagnostics;
using System.Runtime.InteropServices;

namespace RecDeepRL.EndToEndTests;

/// <summary>The built program, started as its user starts it: a process with arguments in a folder.</summary>
internal static partial class RecDeepRLProcess
{
    private const int Sigint = 2;

    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The program's assembly, of the same configuration as the tests.</summary>
    public static string Program { get; } =
        Path.Combine(Root, "artifacts", "bin", "RecDeepRL", Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)), "RecDeepRL.dll");

    /// <summary>Runs to the end.</summary>
    /// <param name="folder">Working folder.</param>
    public static Result Run(string folder, params string[] arguments)
    {
        using var process = Start(folder, arguments);
        return Finish(process);
    }

    public static Process Start(string folder, params string[] arguments) => Start(folder, new Dictionary<string, string>(), arguments);

    /// <param name="variables">Environment variables beside those of the tests.</param>
    public static Process Start(string folder, IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        Assert.True(File.Exists(Program), $"the program is not built: {Program}");
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        start.ArgumentList.Add(Program);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    public static Result Finish(Process process)
    {
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(TimeSpan.FromMinutes(5)))
        {
            process.Kill();
            Assert.Fail("the program did not end within five minutes:\n" + output);
        }
        return new Result(process.ExitCode, output, error.Result);
    }

    /// <summary>Sends SIGINT, as Ctrl-C does; without a process of its own, whose start on a busy machine may outlast what is to be interrupted.</summary>
    public static void Interrupt(Process process) => Assert.Equal(0, Kill(process.Id, Sigint));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RecDeepRL.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("No RecDeepRL.sln above the tests.");
    }

    /// <summary>What a finished process left.</summary>
    public sealed record Result(int ExitCode, string Output, string Error)
    {
        public Result Succeeded()
        {
            Assert.True(ExitCode == 0, $"exit code {ExitCode}\n{Output}\n{Error}");
            return this;
        }

        /// <summary>Asserts exit code 2, nothing on the output, and one line on the error output that holds each text.</summary>
        public void IsAMistake(params string[] texts)
        {
            Assert.True(ExitCode == 2, $"exit code {ExitCode}\n{Output}\n{Error}");
            Assert.Equal("", Output);
            var line = Assert.Single(Error.TrimEnd('\n').Split('\n'));
            Assert.All(texts, text => Assert.Contains(text, line, StringComparison.Ordinal));
            Assert.DoesNotContain("   at ", line, StringComparison.Ordinal);
        }
    }
}
