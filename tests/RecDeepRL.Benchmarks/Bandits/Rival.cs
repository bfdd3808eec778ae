using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using RecDeepRL.Core;

namespace RecDeepRL.Benchmarks.Bandits;

/// <summary>Another library on the same stream, a process of its own on one thread, which says on its last line what came of it.</summary>
/// <param name="Name">For people.</param>
/// <param name="Program">What is started.</param>
/// <param name="Before">Arguments that come first.</param>
/// <param name="PythonPath">Where Python finds the library; none for a program that is not Python.</param>
internal sealed record Rival(string Name, string Program, string[] Before, string? PythonPath = null)
{
    private static readonly JsonSerializerOptions s_strict = new() { PropertyNameCaseInsensitive = true, RespectRequiredConstructorParameters = true };

    /// <param name="folder">A package <c>mabwiser</c> lies in it.</param>
    /// <exception cref="UserMistakeException">There is none.</exception>
    public static Rival MabWiser(string folder, string python) => File.Exists(Path.Combine(folder, "mabwiser", "mab.py"))
        ? new Rival("MABWiser", python, [Path.Combine(AppContext.BaseDirectory, "Bandits", "Rivals", "mabwiser_stream.py")], folder)
        : throw new UserMistakeException($"--mabwiser was '{folder}', where no mabwiser/mab.py lies; give the folder that holds MABWiser's package.");

    /// <param name="program">Built from <c>Bandits/Rivals/VowpalWabbit</c>.</param>
    /// <exception cref="UserMistakeException">There is none.</exception>
    public static Rival VowpalWabbit(string program) => File.Exists(program)
        ? new Rival("Vowpal Wabbit", program, [])
        : throw new UserMistakeException($"--vowpal-wabbit was '{program}', which is no file; give the program vowpal_wabbit_stream, which docs/performance.md tells how to build.");

    /// <param name="folder">A stream as <see cref="BanditStream.Write(string)"/> leaves it.</param>
    /// <param name="batch">Decisions in a batch; Vowpal Wabbit learns one by one, whatever it is.</param>
    /// <param name="policy">What the rival is to play, in its own words.</param>
    /// <exception cref="UserMistakeException">It cannot be started, or fails.</exception>
    public (StreamResult Result, string Version) Play(BanditStream stream, string folder, int batch, params string[] policy)
    {
        long[] sizes = [stream.Features.shape[0], stream.Spec.UserFeatureCount, stream.Spec.ItemCount, BanditStream.LoggedFirst(batch), batch];
        var start = new ProcessStartInfo(Program, [.. Before, folder, .. sizes.Select(size => size.ToString(CultureInfo.InvariantCulture)), .. policy])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var threads in new[] { "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS" })
            start.Environment[threads] = "1";
        if (PythonPath is not null)
            start.Environment["PYTHONPATH"] = PythonPath;
        using var process = Start(start);
        var complaint = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new UserMistakeException($"{Name} with '{string.Join(' ', policy)}' ended with exit code {process.ExitCode}: {LastLine(complaint.Result)}");
        var said = JsonSerializer.Deserialize<Saying>(LastLine(output), s_strict)!;
        return (new StreamResult(said.Seconds, said.Decisions, said.Reward, said.Parsing), said.Version);
    }

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception fault)
        {
            throw new UserMistakeException($"{Name} could not be started as '{Program}': {fault.Message}", fault);
        }
    }

    private static string LastLine(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault("it said nothing");

    private sealed record Saying(string Version, double Seconds, long Decisions, double Reward, double Parsing);
}
