namespace RecDeepRL.EndToEndTests;

public sealed class PopulationTests : WorkingFolder
{
    public PopulationTests() => File.WriteAllLines(PathOf("users.csv"), Enumerable.Range(0, 60).Select(row => $"{row},{(row % 3 == 0 ? "F" : "M")},{20 + (row % 40)},{row % 7 / 7.0:F3}").Prepend("userid,gender,age,score"));

    [Fact]
    public void AFittedGeneratorIsSampledMixedAndMeasured()
    {
        Run("population", "fit", "--kind", "copula", "--from", "users.csv", "--key", "userid", "--out", "model.json").Succeeded();
        Run("population", "generate", "--model", "model.json", "--count", "50", "--out", "from-model.csv").Succeeded();
        Run("population", "generate", "--from", "users.csv", "--key", "userid", "--count", "50", "--out", "at-once.csv").Succeeded();
        var rows = File.ReadAllLines(PathOf("from-model.csv"));
        Assert.Equal("user_idx,gender,age,score", rows[0]);
        Assert.Equal(51, rows.Length);
        Assert.Equal(File.ReadAllText(PathOf("from-model.csv")), File.ReadAllText(PathOf("at-once.csv")));

        Run("population", "generate", "--mix", "users.csv,gender=F:0.75", "--mix", "model.json:0.25", "--key", "userid", "--segment-column", "part", "--count", "40", "--out", "mixed.csv").Succeeded();
        Assert.Equal(30, File.ReadAllLines(PathOf("mixed.csv")).Count(line => line.EndsWith("\"users,gender=F\"", StringComparison.Ordinal)));

        var output = Run("population", "quality", "--real", "users.csv", "--key", "userid", "--synthetic", "mixed.csv", "--without", "part", "--png", "quality.png").Succeeded().Output;
        Assert.Contains("TV similarity", output, StringComparison.Ordinal);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(PathOf("quality.png"))[..4]);
    }

    [Fact]
    public void KindsAreComparedOverSeeds()
    {
        var output = Run("population", "compare", "--from", "users.csv", "--key", "userid", "--kinds", "independent,vae", "--seeds", "2", "--set", "epochs=2", "--threads", "1").Succeeded().Output;
        Assert.Contains("independent", output, StringComparison.Ordinal);
        Assert.Contains("±", output, StringComparison.Ordinal);
    }
}
