namespace RecDeepRL.Cli.Completion;

/// <summary>For each shell, a script that defines a short name for the program and has it complete its own command line.</summary>
internal static class CompletionScript
{
    /// <summary>Shells by name, each with its script; in it NAME is the short name, PROGRAM what starts the program.</summary>
    private static readonly Dictionary<string, string> s_scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            NAME() { PROGRAM "$@"; }
            _NAME_complete() {
                local line=${COMP_LINE:0:COMP_POINT}
                local words=${line#*[[:space:]]} word=${line##*[[:space:]]} one cut=
                # Bash breaks words at these by itself, and wants only what follows.
                [[ $COMP_WORDBREAKS == *=* && $word == *=* ]] && cut=${word%"${word##*=}"}
                [[ $COMP_WORDBREAKS == *:* && $word == *:* ]] && cut=${word%"${word##*[=:]}"}
                COMPREPLY=()
                while IFS= read -r one; do
                    [[ -n $one && $one == "$word"* ]] && COMPREPLY+=("${one#"$cut"}")
                done < <(NAME "[suggest:${#words}]" "$words" 2>/dev/null)
                [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
                return 0
            }
            complete -o bashdefault -o default -F _NAME_complete NAME

            """,
        ["zsh"] = """
            NAME() { PROGRAM "$@"; }
            _NAME_complete() {
                local words_typed="${(j: :)words[2,CURRENT]}"
                local -a found keys
                found=("${(@f)$(NAME "[suggest:${#words_typed}]" "$words_typed" 2>/dev/null)}")
                keys=(${(M)found:#*=})
                found=(${found:#*=})
                compadd -S '' -- $keys
                compadd -- $found
                (( ${#keys} + ${#found} )) || _files
            }
            compdef _NAME_complete NAME

            """,
        ["fish"] = """
            function NAME
                PROGRAM $argv
            end
            function __NAME_complete
                set -l words (commandline --cut-at-cursor --current-process | string replace --regex '^\s*\S+\s+' '')
                NAME "[suggest:"(string length -- "$words")"]" "$words" 2>/dev/null
            end
            complete --command NAME --arguments '(__NAME_complete)'

            """,
        ["pwsh"] = """
            function NAME { & PROGRAM @args }
            Register-ArgumentCompleter -Native -CommandName NAME -ScriptBlock {
                param($wordToComplete, $commandAst, $cursorPosition)
                $line = $commandAst.ToString().PadRight($cursorPosition).Substring(0, $cursorPosition)
                $words = $line -replace '^\s*\S+\s+', ''
                NAME "[suggest:$($words.Length)]" "$words" 2>$null | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
                    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
                }
            }

            """,
    };

    public static IReadOnlyCollection<string> Shells => s_scripts.Keys;

    /// <param name="shell">One of <see cref="Shells"/>.</param>
    /// <param name="name">Letters, digits, hyphens and underscores.</param>
    public static string Of(string shell, string name) =>
        s_scripts[shell].Replace("NAME", name, StringComparison.Ordinal).Replace("PROGRAM", string.Join(' ', ProgramWords().Select(Quoted)), StringComparison.Ordinal);

    /// <summary>What starts this very program: its executable, or .NET's with the assembly.</summary>
    private static IEnumerable<string> ProgramWords()
    {
        var executable = Environment.ProcessPath ?? "RecDeepRL";
        return Path.GetFileNameWithoutExtension(executable) == "dotnet" ? [executable, Path.Combine(AppContext.BaseDirectory, "RecDeepRL.dll")] : [executable];
    }

    private static string Quoted(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
