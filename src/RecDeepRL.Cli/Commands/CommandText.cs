using System.CommandLine;

namespace RecDeepRL.Cli.Commands;

/// <summary>What the user typed, so that it can be typed again.</summary>
internal static class CommandText
{
    /// <summary>The command and its arguments, quoted for a shell where they need it; without the program's own name.</summary>
    public static string Of(ParseResult parsed) => string.Join(' ', parsed.Tokens.Select(token => Quoted(token.Value)));

    private static string Quoted(string word) => word.Length == 0 || word.Any(letter => char.IsWhiteSpace(letter) || "'\"$*;|&<>()[]{}?!#~`\\".Contains(letter, StringComparison.Ordinal))
        ? $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"
        : word;
}
