using System.Diagnostics;

namespace RecDeepRL.Endurance;

/// <summary>The built program, of the same configuration, as a process.</summary>
internal static class ProgramUnderTest
{
    private static readonly string s_program = Find();

    public static Process Start(string folder, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(s_program);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        // Whoever ends it may not wait for it to say all that it has to say.
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    /// <exception cref="InvalidOperationException">It did not end with 0.</exception>
    public static void Run(string folder, params IEnumerable<string> arguments)
    {
        using var process = Start(folder, arguments);
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"'{string.Join(' ', arguments)}' ended with {process.ExitCode}: {error}");
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var program = Path.Combine(folder.FullName, "artifacts", "bin", "RecDeepRL", Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)), "RecDeepRL.dll");
            if (File.Exists(program))
                return program;
        }
        throw new ArgumentException("The program is not built: build RecDeepRL.sln first.");
    }
}
