using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using RecDeepRL.Core;

namespace RecDeepRL.Cli;

/// <summary>Runs the program with an existing libtorch, such as the one inside a PyTorch installation, in place of the package's.</summary>
/// <remarks>TorchSharp loads libtorch by name when its first type is touched, and the package's copy stands where the runtime looks
/// first. So the program is loaded once more, into a context of its own that answers for native libraries: libtorch from the folder,
/// loaded by full path, and TorchSharp's native part from the folder too where it holds one that was built against that libtorch,
/// else from the package. Whether the package's fits another version of libtorch is for its user to try.</remarks>
internal sealed class LibtorchFolder : AssemblyLoadContext
{
    /// <summary>Names a folder as the option does, for programs that cannot pass options.</summary>
    public const string Variable = "RECDEEPRL_LIBTORCH";

    private const string Bridge = "libLibTorchSharp.so";
    private readonly AssemblyDependencyResolver _resolver;
    private readonly Dictionary<string, nint> _loaded = [];

    private LibtorchFolder(string program, string folder)
        : base("libtorch from " + folder)
    {
        _resolver = new AssemblyDependencyResolver(program);
        // In the order of their dependence; what is not there is not needed.
        foreach (var name in new[] { "torch_global_deps", "c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch" })
        {
            var path = Path.Combine(folder, $"lib{name}.so");
            if (File.Exists(path))
                _loaded[name] = LoadLibrary(path);
        }
        var own = Path.Combine(folder, Bridge);
        _loaded["LibTorchSharp"] = LoadLibrary(File.Exists(own) ? own : _resolver.ResolveUnmanagedDllToPath("LibTorchSharp") ?? own);
    }

    /// <summary>Whether this code already runs inside such a context.</summary>
    public static bool IsActive => GetLoadContext(typeof(LibtorchFolder).Assembly) is { } context && context.GetType().FullName == typeof(LibtorchFolder).FullName;

    /// <summary>Runs the program anew with the libtorch of a folder.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="UserMistakeException">No libtorch there, it cannot be loaded, or the system is not Linux.</exception>
    public static int Run(string folder, string[] arguments)
    {
        if (!OperatingSystem.IsLinux())
            throw new UserMistakeException("--libtorch works on Linux only. Leave it out to use the packaged libtorch.");
        if (!File.Exists(Path.Combine(folder, "libtorch_cpu.so")))
            throw new UserMistakeException($"'{folder}' holds no libtorch_cpu.so. Give --libtorch the folder of libtorch's libraries, such as …/site-packages/torch/lib.");
        var program = Path.Combine(AppContext.BaseDirectory, typeof(LibtorchFolder).Assembly.GetName().Name + ".dll");
        var context = new LibtorchFolder(program, Path.GetFullPath(folder));
        var main = context.LoadFromAssemblyPath(program).EntryPoint!;
        return (int)main.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [arguments], null)!;
    }

    protected override Assembly? Load(AssemblyName assemblyName) =>
        _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _loaded.TryGetValue(unmanagedDllName, out var library) ? library
        : _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? NativeLibrary.Load(path) : 0;

    private static nint LoadLibrary(string path)
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
