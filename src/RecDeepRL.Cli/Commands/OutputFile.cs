using System.CommandLine;
using RecDeepRL.Core;

namespace RecDeepRL.Cli.Commands;

/// <summary>Files that a command writes.</summary>
internal static class OutputFile
{
    public static Option<bool> Force() => new("--force") { Description = "Replace files that exist." };

    /// <summary>The path, if it can be written: asked before long work begins.</summary>
    /// <exception cref="UserMistakeException">It exists, is a folder, stands in no folder, or ends otherwise than allowed.</exception>
    public static string Checked(string option, string path, bool force, params string[] endings)
    {
        if (!endings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
            throw new UserMistakeException($"{option} was '{path}', must end with {string.Join(" or ", endings)}.");
        if (Directory.Exists(path))
            throw new UserMistakeException($"{option} was '{path}', which is a folder. Give it a file.");
        if (File.Exists(path) && !force)
            throw new UserMistakeException($"'{path}' exists already. Give {option} another name, or --force to replace it.");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            throw new UserMistakeException($"{option} was '{path}', but there is no folder '{folder}'. Make it first.");
        return path;
    }
}
