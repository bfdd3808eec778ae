using Spectre.Console;

namespace RecDeepRL.Cli.Display;

/// <summary>The console as far as progress is concerned: a terminal gets moving bars, a file or pipe gets plain lines.</summary>
internal static class Screen
{
    public static bool IsTerminal => !System.Console.IsOutputRedirected && !Answer.IsJson && AnsiConsole.Profile.Capabilities.Interactive;
}
