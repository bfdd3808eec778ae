using System.Text.Json;

namespace RecDeepRL.EndToEndTests;

public sealed class ListTests : WorkingFolder
{
    [Fact]
    public void EveryAgentAndEnvironmentIsListedAndShowsItsOptions()
    {
        var all = Run("list").Succeeded().Output;
        foreach (var name in new[] { "random", "greedy", "epsilon-greedy", "ucb", "thompson", "linucb", "neural-linucb", "ddpg", "oracle", "best-fixed", "popular (task1)", "context (task2)", "drift (task3)", "personal (task4)" })
            Assert.Contains(name, all, StringComparison.Ordinal);

        var agents = Run("list", "agents").Succeeded().Output;
        Assert.DoesNotContain("personal", agents, StringComparison.Ordinal);
        var options = Run("list", "ddpg").Succeeded().Output;
        Assert.Contains("discount", options, StringComparison.Ordinal);
        Assert.Contains("[0, 1)", options, StringComparison.Ordinal);
        Assert.Contains("slateSize", Run("list", "task4").Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void PartsAreListedAndShowTheirOptions()
    {
        var parts = Run("list", "parts").Succeeded().Output;
        foreach (var name in new[] { "response step", "cosine-similarity", "seasonal-drift", "choice model", "independent", "multinomial-logit" })
            Assert.Contains(name, parts, StringComparison.Ordinal);
        Assert.DoesNotContain("thompson", parts, StringComparison.Ordinal);
        Assert.Contains("cosine-similarity", Run("list").Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains("userColumns", Run("list", "cosine-similarity").Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void TheFilesInConfigsAreThoseThatTheProgramWrites()
    {
        Run("configs", "--out", "fresh").Succeeded();

        var committed = Path.Combine(RecDeepRLProcess.Root, "configs");
        foreach (var path in Directory.EnumerateFiles(PathOf("fresh"), "*.json", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(PathOf("fresh"), path);
            Assert.True(File.ReadAllText(path) == File.ReadAllText(Path.Combine(committed, relative)), $"configs/{relative} is out of date: run the command 'configs'");
        }
        // Examples and settings of long runs are written by hand, tuned ones by 'tune'.
        string[] others = [.. new[] { "examples", "long", "tuned" }.Select(folder => Path.Combine(committed, folder) + Path.DirectorySeparatorChar)];
        Assert.Equal(
            Directory.EnumerateFiles(PathOf("fresh"), "*.json", SearchOption.AllDirectories).Count(),
            Directory.EnumerateFiles(committed, "*.json", SearchOption.AllDirectories).Count(path => !others.Any(other => path.StartsWith(other, StringComparison.Ordinal))));
    }

    [Fact]
    public void EveryTunedConfigurationIsOfItsFoldersEnvironmentAndRuns()
    {
        var tuned = Path.Combine(RecDeepRLProcess.Root, "configs", "tuned");
        var environments = Directory.GetDirectories(tuned).Select(folder => Path.GetFileName(folder)).ToList();
        Assert.NotEmpty(environments);
        foreach (var environment in environments)
        {
            var files = Directory.GetFiles(Path.Combine(tuned, environment), "*.json");
            var agents = Array.ConvertAll(files, path => Path.GetFileNameWithoutExtension(path)!);
            for (var i = 0; i < files.Length; i++)
                Assert.Contains($"dotnet run -- tune {agents[i]} --env {environment} ", File.ReadAllText(files[i]), StringComparison.Ordinal);
            // One start of the program for all of a folder, each with a round of learning.
            Run("compare", "--env", environment, "--agents", string.Join(',', agents), "--tuned", tuned, "--iterations", "1", "--seeds", "1", "--set", "users=200", "--out", environment).Succeeded();
            var rows = File.ReadAllLines(PathOf($"{environment}/results.csv"))[1..];
            Assert.Equal(agents.Length, rows.Length);
            for (var i = 0; i < files.Length; i++)
                AssertRanWith(files[i], Assert.Single(rows, row => row.StartsWith($"{environment},{agents[i]},1,", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void TheFilesInConfigsCanBeGivenToTrain()
    {
        var configs = Path.Combine(RecDeepRLProcess.Root, "configs");

        Run(["train", "--config", $"{configs}/agents/linucb.json", "--config", $"{configs}/environments/context.json", "--iterations", "1", .. Small]).Succeeded();
        Run(["train", "linucb", "--env", "context", "--config", $"{configs}/tuned/context/linucb.json", "--iterations", "1", .. Small]).Succeeded();
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("train", "--help")]
    [InlineData("simulate", "--help")]
    [InlineData("evaluate", "--help")]
    [InlineData("compare", "--help")]
    [InlineData("answer", "--help")]
    [InlineData("list", "--help")]
    [InlineData("configs", "--help")]
    [InlineData("response", "--help")]
    [InlineData("response", "fit", "--help")]
    [InlineData("response", "inspect", "--help")]
    [InlineData("response", "options", "boosting", "--help")]
    [InlineData("dashboard", "--help")]
    [InlineData("worker", "--help")]
    [InlineData("cluster", "schema", "--help")]
    [InlineData("population", "generate", "--help")]
    public void HelpIsThere(params string[] arguments) => Assert.Contains("Usage", Run(arguments).Succeeded().Output, StringComparison.Ordinal);

    /// <summary>A row of results names every option of the file.</summary>
    private static void AssertRanWith(string path, string row)
    {
        using var configuration = JsonDocument.Parse(File.ReadAllText(path));
        foreach (var option in configuration.RootElement.GetProperty("agent").EnumerateObject().Where(option => option.Name != "name"))
            Assert.Contains($"{option.Name}={option.Value}", row.Split(',', ';'));
    }
}
