using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using RecDeepRL.Core;
using RecDeepRL.Core.State;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Speed;
using static TorchSharp.torch;

namespace RecDeepRL.Benchmarks;

/// <summary>pytorch_updates.py in a process of its own.</summary>
internal sealed class PytorchUpdates : IDisposable
{
    private static readonly Lazy<string?> s_missing = new(Look);
    private readonly Process _process;
    private readonly string _folder;
    private readonly bool _byClock;

    private PytorchUpdates(Process process, string folder, bool byClock)
    {
        _process = process;
        _folder = folder;
        _byClock = byClock;
    }

    /// <summary>Why there is no PyTorch to measure with; none where there is.</summary>
    public static string? Missing => s_missing.Value;

    /// <summary>The interpreter: that of Debian's packages before another.</summary>
    private static string Python => Environment.GetEnvironmentVariable("PYTHON") ?? (File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3");

    /// <summary>The ways of PyTorch to run an update.</summary>
    public static IReadOnlyList<string> Modes { get; } = ["eager", "compiled", "graphs"];

    /// <param name="mode">One of <see cref="Modes"/>.</param>
    public static PytorchUpdates Start(IReadOnlyDictionary<string, Tensor> state, IReadOnlyDictionary<string, object> task, int threads, Device device, string mode)
    {
        var folder = Directory.CreateTempSubdirectory("recdeeprl-updates-").FullName;
        var file = Path.Combine(folder, "state.safetensors");
        SafetensorsFile.Write(file, state);
        var start = new ProcessStartInfo(Python, [Path.Combine(AppContext.BaseDirectory, "pytorch_updates.py"), file, JsonSerializer.Serialize(task), $"{threads}", Devices.Describe(device), mode])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var variable in new[] { "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS" })
            start.Environment[variable] = $"{threads}";
        // Its threads wait for each other as this program's do.
        start.Environment["GOMP_SPINCOUNT"] = "1000";
        return new PytorchUpdates(Process.Start(start)!, folder, DeviceWork.Time(device, threads) == Alternating.Clock);
    }

    /// <summary>Does the first updates on the rows of the state.</summary>
    /// <returns>Sums of the figures, or why PyTorch cannot do them in this way.</returns>
    public (double[] Sums, string? Missing) Follow()
    {
        var answer = Answer("follow");
        return answer.StartsWith('"') ? ([], JsonSerializer.Deserialize<string>(answer)) : (JsonSerializer.Deserialize<double[]>(answer)!, null);
    }

    /// <summary>Does some updates.</summary>
    /// <returns>How long they took: processor time with one thread, time by the clock with more.</returns>
    public double Seconds(int updates) => JsonSerializer.Deserialize<double[]>(Answer(updates.ToString(CultureInfo.InvariantCulture)))![_byClock ? 1 : 0];

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string? Look()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Python, ["-c", "import torch"]) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"{Python} has no torch; Debian's package is python3-torch, another interpreter is named by PYTHON";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return $"there is no {Python}";
        }
    }

    private string Answer(string question)
    {
        _process.StandardInput.WriteLine(question);
        _process.StandardInput.Flush();
        return _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("pytorch_updates.py stopped; its error stands above.");
    }
}

/// <summary>The tensors of a state, on the CPU.</summary>
internal sealed class StateTensors : IStateWriter, IDisposable
{
    public Dictionary<string, Tensor> Tensors { get; } = [];

    public void Write(string name, Tensor value)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensors[name] = value.cpu().clone().DetachFromDisposeScope();
    }

    public void Write(string name, long value)
    {
    }

    public void Dispose()
    {
        foreach (var values in Tensors.Values)
            values.Dispose();
    }
}
