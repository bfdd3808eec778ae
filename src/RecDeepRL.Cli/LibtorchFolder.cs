using System.Reflection;
using System.Runtime.InteropServices;
using RecDeepRL.Core;
using TorchSharp;

namespace RecDeepRL.Cli;

/// <summary>Loads an existing libtorch, such as the one inside a PyTorch installation, in place of the package's.</summary>
/// <remarks>The libraries are loaded by full path before TorchSharp's first call. Its native part then finds them by name among the loaded
/// ones. TorchSharp would still load the package's copy by path, so it is told that loading is done; a folder that holds a
/// libLibTorchSharp.so of its own, built against that libtorch, is preferred to the package's.</remarks>
internal static class LibtorchFolder
{
    /// <summary>Names a folder as the option does, for programs that cannot pass options.</summary>
    public const string Variable = "RECDEEPRL_LIBTORCH";

    private const string Bridge = "libLibTorchSharp.so";

    /// <param name="folder">From the option; none to look at the environment variable, and then to use the package's libtorch.</param>
    /// <exception cref="UserMistakeException">No libtorch there, it cannot be loaded, or the system is not Linux.</exception>
    public static void Use(string? folder)
    {
        folder ??= Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(folder))
            return;
        if (!OperatingSystem.IsLinux())
            throw new UserMistakeException("--libtorch works on Linux only. Leave it out to use the packaged libtorch.");
        if (!File.Exists(Path.Combine(folder, "libtorch_cpu.so")))
            throw new UserMistakeException($"'{folder}' holds no libtorch_cpu.so. Give the folder of libtorch's libraries, such as …/site-packages/torch/lib.");
        var full = Path.GetFullPath(folder);
        foreach (var name in new[] { "libtorch_global_deps.so", "libc10.so", "libtorch_cpu.so", "libc10_cuda.so", "libtorch_cuda.so", "libtorch.so" })
        {
            var path = Path.Combine(full, name);
            if (File.Exists(path))
                Load(path);
        }
        var own = Path.Combine(full, Bridge);
        var packaged = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", Bridge);
        var bridge = Load(File.Exists(own) ? own : packaged);
        NativeLibrary.SetDllImportResolver(typeof(torch).Assembly, (name, _, _) => name == "LibTorchSharp" ? bridge : 0);
        foreach (var field in new[] { "nativeBackendLoaded", "nativeBackendCudaLoaded" })
        {
            var flag = typeof(torch).GetField(field, BindingFlags.Static | BindingFlags.NonPublic)
                ?? throw new UserMistakeException("This version of TorchSharp cannot be given another libtorch. Leave --libtorch out.");
            flag.SetValue(null, true);
        }
    }

    private static nint Load(string path)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception fault) when (fault is DllNotFoundException or BadImageFormatException)
        {
            throw new UserMistakeException($"'{path}' cannot be loaded: {fault.Message.ReplaceLineEndings(" ")}", fault);
        }
    }
}
