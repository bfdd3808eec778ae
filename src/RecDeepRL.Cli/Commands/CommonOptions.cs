using System.CommandLine;
using RecDeepRL.Agents;
using RecDeepRL.Core;
using RecDeepRL.Experiments;
using RecDeepRL.Simulation;
using TorchSharp;

namespace RecDeepRL.Cli.Commands;

/// <summary>What several commands share: the same option means the same everywhere.</summary>
internal static class CommonOptions
{
    /// <summary>The most threads or runs side by side that may be asked for: more than any machine has cores, and few enough to be started.</summary>
    public const int MostThreads = 1024;

    /// <summary>The most seeds that may be asked for.</summary>
    public const int MostSeeds = 1_000_000;

    public static Catalog Catalog { get; } = new(AgentRegistry.All, EnvironmentRegistry.All);

    public static Option<string> Device(string whenAbsent) => new("--device")
    {
        Description = $"cpu, cuda, cuda:N, or auto (CUDA where present). Default {whenAbsent}.",
        HelpName = "D",
    };

    public static Option<string> Data() => new("--data")
    {
        Description = "Folder with the original project's data (it holds response_models/). Default: the built-in population.",
        HelpName = "DIR",
    };

    public static Option<string> WarmStart() => new("--warm-start")
    {
        Description = "Folder of an interaction log: the agent learns from it first, and the users have seen what it shows. Default: a cold start.",
        HelpName = "LOG",
    };

    public static Option<string> Libtorch() => new(LibtorchName)
    {
        Description = $"Folder of an existing libtorch to load, such as …/site-packages/torch/lib (Linux). Also by the environment variable {LibtorchFolder.Variable}.",
        HelpName = "DIR",
    };

    /// <summary>What the option for another libtorch is called.</summary>
    public const string LibtorchName = "--libtorch";

    public static Option<int> Threads() => new NumberOption<int>("--threads", least: 1, most: MostThreads)
    {
        Description = "Threads that libtorch may use. Default: all cores.",
        HelpName = "N",
    };

    public static Option<string[]> Set() => new("--set")
    {
        Description = "Set an option of the agent or environment, as key=value; may be repeated. 'list NAME' shows the options.",
        HelpName = "key=value",
        AllowMultipleArgumentsPerToken = false,
    };

    public static Option<string[]> Config() => new("--config")
    {
        Description = "JSON configuration, as in configs/; may be repeated, a later one wins.",
        HelpName = "FILE",
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>Holds libtorch to a number of threads.</summary>
    /// <param name="threads">0 for all cores.</param>
    public static void UseThreads(int threads)
    {
        if (threads > 0)
            torch.set_num_threads(threads);
    }

    /// <summary>The seeds of a command that takes several, one after the other.</summary>
    /// <exception cref="UserMistakeException">There are not so many numbers from the first on.</exception>
    public static IReadOnlyList<long> Seeds(long first, int count) => first <= long.MaxValue - count
        ? [.. Enumerable.Range(0, count).Select(index => first + index)]
        : throw new UserMistakeException($"--seed was {first}, must be at most {long.MaxValue - count} with {count} seeds.");
}
