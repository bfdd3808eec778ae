namespace RecDeepRL.EndToEndTests;

public sealed class InsightTests : WorkingFolder
{
    [Fact]
    public void ARunShowsWhatItsAgentDidAndAResumedOneTheSame()
    {
        Run(["train", "linucb", "--env", "context", "--iterations", "6", "--out", "whole", .. Small]).Succeeded();
        Run(["train", "linucb", "--env", "context", "--iterations", "3", "--out", "parts", .. Small]).Succeeded();
        Run("train", "--resume", "parts", "--iterations", "6", "--threads", "1").Succeeded();
        Assert.Equal(File.ReadAllText(PathOf("whole/insight.json")), File.ReadAllText(PathOf("parts/insight.json")));

        var output = Run("insight", "whole", "--top", "3").Succeeded().Output;
        foreach (var text in new[] { "linucb in context", "iterations 1 to 6", "What it recommended most", "Its weights (response)", "bias", "Responses by user segment", "best slate" })
            Assert.Contains(text, output, StringComparison.Ordinal);
        foreach (var name in new[] { "estimates", "shares", "spread", "weights", "segments" })
            Assert.True(File.Exists(PathOf($"whole/insight-{name}.png")) && File.Exists(PathOf($"whole/insight-{name}.svg")), name);
    }

    [Fact]
    public void MistakesAreSaidInOneLineAndNothingIsWritten()
    {
        Run("insight", "nowhere").IsAMistake("no run folder", "nowhere");
        Run(["train", "random", "--env", "popular", "--iterations", "1", "--insight-every", "0", "--out", "blind", .. Small]).Succeeded();
        Run("insight", "blind").IsAMistake("insight.json", "--insight-every");
        Run("insight", "blind", "--top", "0").IsAMistake("--top was 0");
        Run("insight", "blind", "--lock-share", "1.5").IsAMistake("--lock-share was 1.5");
        Run("insight", "blind", "--no-pictures", "--out", "pictures").IsAMistake("--no-pictures");
        Run(["train", "random", "--insight-every", "-1", .. Small]).IsAMistake("--insight-every was -1");
        Assert.Empty(Directory.GetFiles(PathOf("blind"), "insight*"));
        Assert.False(Directory.Exists(PathOf("pictures")));
    }
}
