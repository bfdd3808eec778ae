using System.Text.Json;

namespace RecDeepRL.EndToEndTests;

public sealed class OpeTests : WorkingFolder
{
    [Fact]
    public void AnAgentIsJudgedByTheLogOfAnotherAndAgainstTheTruth()
    {
        Run(["simulate", "random", "--env", "popular", "--iterations", "12", "--log", "log", "--set", "users=1000", "--threads", "1"]).Succeeded();

        var output = Run("ope", "log", "--agent", "greedy", "--against-truth", "--repeats", "3", "--out", "ope", "--threads", "1").Succeeded().Output;

        Assert.Contains("greedy (exploit mode) by the log of random in popular: learned from 6 iterations, evaluated on 6", output, StringComparison.Ordinal);
        Assert.Contains("over 3 fresh logs of random", output, StringComparison.Ordinal);
        using var report = JsonDocument.Parse(File.ReadAllText(PathOf("ope/ope.json")));
        var result = report.RootElement.GetProperty("result");
        Assert.Equal(["ips", "snips", "dm", "dr", "switch-dr"], result.GetProperty("estimates").EnumerateArray().Select(one => one.GetProperty("estimator").GetString()));
        // About 600 slates show one of 10 items: of a sure one 60, so that errors are at most 4 · 10·√(.75·.1/600) = .45; the truth of a greedy that has learned is .75.
        Assert.Equal(.75, result.GetProperty("truth").GetDouble(), .001);
        Assert.All(result.GetProperty("estimates").EnumerateArray(), one => Assert.InRange(one.GetProperty("value").GetDouble(), .3, 1.2));
        Assert.Equal(3, report.RootElement.GetProperty("repeats").GetArrayLength());
        Assert.Equal("exploit", report.RootElement.GetProperty("settings").GetProperty("mode").GetString());
        Assert.All(["estimates.png", "estimates.svg", "errors.png", "errors.svg"], name => Assert.True(File.Exists(PathOf("ope/" + name)), name));
        Run("ope", "log", "--agent", "greedy", "--out", "ope").IsAMistake("ope.json", "--force");
    }

    [Fact]
    public void ATrainedAgentIsJudgedByItsCheckpoint()
    {
        Run(["simulate", "random", "--env", "popular", "--iterations", "5", "--log", "log", .. Small]).Succeeded();
        Run(["train", "ucb", "--env", "popular", "--iterations", "5", "--out", "run", .. Small]).Succeeded();

        var output = Run("ope", "log", "--checkpoint", "run", "--bootstrap", "100", "--threads", "1").Succeeded().Output;

        Assert.Contains("learned from 0 iterations, evaluated on 5", output, StringComparison.Ordinal);
        Run("ope", "log", "--checkpoint", "run", "--agent", "ucb").IsAMistake("--agent does not go with --checkpoint");
    }

    [Fact]
    public void MistakesAreToldInOneLine()
    {
        Run(["simulate", "random", "--env", "popular", "--iterations", "2", "--log", "log", .. Small]).Succeeded();
        Run(["simulate", "thompson", "--env", "popular", "--iterations", "2", "--log", "untold", .. Small]).Succeeded();
        Directory.CreateDirectory(PathOf("empty"));
        File.Copy(PathOf("log/log.json"), PathOf("empty/log.json"));

        Run("ope", "absent", "--agent", "greedy").IsAMistake("no log folder 'absent'", "simulate --log");
        Run("ope", "empty", "--agent", "greedy").IsAMistake("'empty' holds no iteration");
        Run("ope", "log").IsAMistake("No agent was named", "--agent");
        Run("ope", "log", "--agent", "gredy").IsAMistake("Unknown agent 'gredy'", "Did you mean 'greedy'?");
        Run("ope", "untold", "--agent", "greedy").IsAMistake("does not tell the propensities", "epsilon-greedy", "--propensity estimated");
        Run("ope", "log", "--agent", "greedy", "--train-share", "1").IsAMistake("--train-share was 1", "[0, 1)");
        Run("ope", "log", "--agent", "greedy", "--set", "items=11").IsAMistake("--set changes the environment");
        Assert.False(Directory.Exists(PathOf("ope")));
    }
}
