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

    public static Option<int> Threads() => new("--threads")
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
        if (threads < 0)
            throw new UserMistakeException($"--threads was {threads}, must be at least 1.");
        if (threads > 0)
            torch.set_num_threads(threads);
    }

    /// <exception cref="UserMistakeException">Outside the range.</exception>
    public static void RequireAtLeast(string option, long value, long minimum)
    {
        if (value < minimum)
            throw new UserMistakeException($"{option} was {value}, must be at least {minimum}.");
    }
}
