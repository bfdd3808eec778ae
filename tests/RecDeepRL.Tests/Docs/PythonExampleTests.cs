using System.Diagnostics;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Tests.Experiments;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Docs;

/// <summary>What docs/checkpoints.md says that Python can read, Python reads.</summary>
public sealed class PythonExampleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public void PlainPythonReadsEveryTypeOfACheckpoint()
    {
        Skip.If(Python("-c", "pass") is not { ExitCode: 0 }, "no python3 here");
        using var scope = NewDisposeScope();
        var path = Write();

        var result = Python(Path.Combine(Repository.Root, "docs", "examples", "read_checkpoint.py"), path)!.Value;

        Assert.True(result.ExitCode == 0, result.Error);
        // 0 + 1 + … + 5 = 15 in every type, five of six true; 1.5 + 2.25 is exact in 16 bits.
        Assert.Equal(
            [
                "bool BOOL [2, 3] 5", "float16 F16 [2] 3.75", "float32 F32 [2, 3] 15.0", "float64 F64 [2, 3] 15.0", "half-range BF16 [2] 3.75", "int64 I64 [2, 3] 15",
                "none F32 [0, 4] 0", "scalar I32 [] -7",
            ],
            result.Output.Trim().Split('\n'));
    }

    /// <summary>The line that the page names, by the real library.</summary>
    [SkippableFact]
    public void PyTorchReadsACheckpoint()
    {
        Skip.If(Python("-c", "import torch, safetensors.torch") is not { ExitCode: 0 }, "no python3 with torch and safetensors here");
        using var scope = NewDisposeScope();

        var result = Python("-c", "import sys, safetensors.torch as s; t = s.load_file(sys.argv[1]); print(t['float32'].tolist(), t['int64'].dtype, t['scalar'].item())", Write())!.Value;

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal("[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]] torch.int64 -7", result.Output.Trim());
    }

    private string Write()
    {
        var path = _folder.PathOf("agent.safetensors");
        SafetensorsFile.Write(path, new SortedDictionary<string, Tensor>(StringComparer.Ordinal)
        {
            ["float64"] = arange(6, ScalarType.Float64).reshape(2, 3),
            ["float32"] = arange(6, ScalarType.Float32).reshape(2, 3),
            ["int64"] = arange(6, ScalarType.Int64).reshape(2, 3),
            ["bool"] = arange(6, ScalarType.Int64).reshape(2, 3).to_type(ScalarType.Bool),
            ["float16"] = tensor(new[] { 1.5f, 2.25f }).to_type(ScalarType.Float16),
            ["half-range"] = tensor(new[] { 1.5f, 2.25f }).to_type(ScalarType.BFloat16),
            ["none"] = zeros([0, 4], ScalarType.Float32),
            ["scalar"] = tensor(-7, ScalarType.Int32),
        });
        return path;
    }

    /// <returns>None where there is no Python.</returns>
    private static (int ExitCode, string Output, string Error)? Python(params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("python3", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.Result);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
