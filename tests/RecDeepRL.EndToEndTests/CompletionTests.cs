using System.Diagnostics;

namespace RecDeepRL.EndToEndTests;

public sealed class CompletionTests : WorkingFolder
{
    [Theory]
    [InlineData("tr", "train")]
    [InlineData("train dd", "ddpg")]
    [InlineData("train --chec", "--checkpoint-every")]
    [InlineData("train ddpg --env per", "personal")]
    [InlineData("train ddpg --set disc", "discount=")]
    [InlineData("train linucb --set bias=", "bias=false bias=true")]
    [InlineData("tune kalman-thompson --search ", "@=")]
    [InlineData("tune ucb --metric f", "final")]
    [InlineData("compare --agents ucb,tho", "ucb,thompson")]
    [InlineData("compare --env popular,wh", "popular,wheel")]
    [InlineData("answer task3-r", "task3-reaction")]
    [InlineData("list wh", "wheel")]
    [InlineData("evaluate ", "checkpoints/mine run")]
    [InlineData("train --resume checkpoints/", "checkpoints/mine")]
    [InlineData("completion f", "fish")]
    public void TheDirectiveSuggestsWhatMayFollow(string line, string expected)
    {
        foreach (var run in new[] { "run", "checkpoints/mine", "other" })
            Directory.CreateDirectory(PathOf(run));
        foreach (var run in new[] { "run", "checkpoints/mine" })
            File.WriteAllText(PathOf(run + "/config.json"), "{}");

        var word = line[(line.LastIndexOf(' ') + 1)..];
        var found = Run($"[suggest:{line.Length}]", line).Succeeded().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(one => one.StartsWith(word, StringComparison.Ordinal)).ToList();

        if (expected == "@=")
            Assert.All(found, one => Assert.EndsWith("=", one, StringComparison.Ordinal));
        else
            Assert.All(expected.Split(' '), one => Assert.Contains(one, found));
        Assert.NotEmpty(found);
        Assert.DoesNotContain("other", found);
    }

    /// <summary>What a shell does at a press of the key, in real bash: the script is read, then its function is called with the line.</summary>
    [SkippableTheory]
    [InlineData("recdeeprl train dd", "ddpg")]
    [InlineData("recdeeprl train ddpg --set discount=", "0.5")] // Bash has broken the word at '=' itself.
    [InlineData("recdeeprl compare --agents ucb,tho", "ucb,thompson")]
    [InlineData("recdeeprl train ddpg --out ", "")] // Nothing of our own: bash offers files.
    public void BashCompletes(string line, string expected)
    {
        Skip.IfNot(File.Exists("/bin/bash"), "no bash here");
        File.WriteAllText(PathOf("completion.sh"), Run("completion", "bash").Succeeded().Output);
        File.WriteAllText(PathOf("press.sh"), $$"""
            source completion.sh
            compopt() { :; }
            COMP_LINE='{{line}}' COMP_POINT={{line.Length}}
            _recdeeprl_complete
            printf '%s\n' "${COMPREPLY[@]}"
            complete -p recdeeprl >&2
            """);
        using var process = Process.Start(new ProcessStartInfo("/bin/bash", ["--norc", "press.sh"]) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var result = RecDeepRLProcess.Finish(process).Succeeded();

        Assert.Equal(expected, result.Output.Trim('\n'));
        Assert.Contains("complete -o bashdefault -o default -F _recdeeprl_complete recdeeprl", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void EachShellHasItsScript()
    {
        foreach (var (shell, line) in new[] { ("zsh", "compdef _rec_complete rec"), ("fish", "complete --command rec "), ("pwsh", "Register-ArgumentCompleter -Native -CommandName rec ") })
        {
            var script = Run("completion", shell, "--name", "rec").Succeeded().Output;
            Assert.Contains(line, script, StringComparison.Ordinal);
            Assert.Contains("RecDeepRL", script, StringComparison.Ordinal);
            Assert.DoesNotContain("PROGRAM", script, StringComparison.Ordinal);
        }
        Run("completion", "tcsh").IsAMistake("tcsh", "bash");
        Run("completion", "bash", "--name", "a b").IsAMistake("--name was 'a b'");
    }
}
