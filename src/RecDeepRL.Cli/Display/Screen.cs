using Spectre.Console;

namespace RecDeepRL.Cli.Display;

/// <summary>The console: a terminal gets colours and moving bars, a file or pipe gets plain lines that are never wrapped.</summary>
internal static class Screen
{
    public static bool IsTerminal => !System.Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Interactive;

    /// <summary>Where tables go.</summary>
    public static IAnsiConsole Out { get; } = Create();

    private static IAnsiConsole Create()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings());
        if (System.Console.IsOutputRedirected)
            console.Profile.Width = 200;
        return console;
    }
}
