using System.Text.Json;

namespace RecDeepRL.EndToEndTests;

public sealed class ComposedTests : WorkingFolder
{
    [Fact]
    public void EveryExampleRunsAndTheConfigurationItLeavesRepeatsIt()
    {
        foreach (var example in Directory.GetFiles(Path.Combine(RecDeepRLProcess.Root, "configs", "examples"), "*.json"))
        {
            var name = Path.GetFileNameWithoutExtension(example);
            Run(["train", "linucb", "--config", example, "--set", "users=100", "--iterations", "2", "--out", name, "--threads", "1"]).Succeeded();

            // Lists are lists there, not texts, with every option of every part.
            var environment = JsonDocument.Parse(File.ReadAllText(PathOf(name + "/config.json"))).RootElement.GetProperty("environment");
            foreach (var step in environment.GetProperty("response").EnumerateArray())
                Assert.True(step.TryGetProperty("output", out _));

            Run(["train", "--config", PathOf(name + "/config.json"), "--out", name + "-again", "--threads", "1"]).Succeeded();
            Assert.Equal(File.ReadAllText(PathOf(name + "/config.json")), File.ReadAllText(PathOf(name + "-again/config.json")));
            Assert.Equal(File.ReadAllBytes(PathOf(name + "/checkpoint-000002/agent.safetensors")), File.ReadAllBytes(PathOf(name + "-again/checkpoint-000002/agent.safetensors")));
        }
    }

    [Fact]
    public void TheExampleOfTheDocumentationIsTheFile() =>
        Assert.Contains(
            File.ReadAllText(Path.Combine(RecDeepRLProcess.Root, "configs", "examples", "feed.json")),
            File.ReadAllText(Path.Combine(RecDeepRLProcess.Root, "docs", "environments", "composed.md")), StringComparison.Ordinal);

    [Fact]
    public void UsersAndItemsOfOnesOwnCanBeEvaluatedAndResumed()
    {
        File.WriteAllText(PathOf("users.csv"), "user_idx,age\n" + string.Concat(Enumerable.Range(0, 40).Select(user => $"{user},{user % 5}\n")));
        File.WriteAllText(PathOf("items.csv"), "item_idx,genre,popularity\n" + string.Concat(Enumerable.Range(0, 8).Select(item => $"{item},{(item % 2 == 0 ? "drama" : "comedy")},0.{item}\n")));
        Run(
            "train", "thompson", "--env", "composed", "--set", "usersFile=users.csv", "--set", "itemsFile=items.csv", "--set", "slateSize=2", "--set", "sampling=0.5",
            "--set", """response=[{"kind":"item-popularity","file":"items.csv"}]""", "--set", "choice=cascade", "--iterations", "2", "--out", "run", "--threads", "1").Succeeded();

        Run("evaluate", "run", "--seeds", "1", "--threads", "1").Succeeded();
        Run("train", "--resume", "run", "--iterations", "3", "--threads", "1").Succeeded();

        // Another truth than the one it was trained on.
        File.WriteAllText(PathOf("items.csv"), File.ReadAllText(PathOf("items.csv")).Replace(",0.7", ",0.8", StringComparison.Ordinal));
        Run("evaluate", "run", "--seeds", "1", "--threads", "1").IsAMistake("populationFingerprint");
    }
}
