using System.CommandLine;
using RecDeepRL.Cli.Completion;
using RecDeepRL.Core;

namespace RecDeepRL.Cli.Commands;

/// <summary><c>completion SHELL</c>: prints a script after which a shell completes the program's commands, options and their values.</summary>
internal static class CompletionCommand
{
    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = string.Join(", ", CompletionScript.Shells) + "." };
        shell.AcceptOnlyFromAmong([.. CompletionScript.Shells]);
        var name = new Option<string>("--name") { Description = "Short name for the program, which the script defines. Default recdeeprl.", HelpName = "NAME", DefaultValueFactory = _ => "recdeeprl" };
        var command = new Command("completion", "Print a script that gives a shell a short name for the program, and completion.") { shell, name };
        command.SetAction(parsed =>
        {
            var wanted = parsed.GetValue(name)!;
            if (wanted.Length == 0 || !wanted.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_') || !char.IsAsciiLetter(wanted[0]))
                throw new UserMistakeException($"--name was '{wanted}', must begin with a letter and consist of letters, digits, - and _.");
            System.Console.Write(CompletionScript.Of(parsed.GetValue(shell)!, wanted));
            return ExitCode.Done;
        });
        return command;
    }
}
