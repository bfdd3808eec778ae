using System.Text.Json;

namespace RecDeepRL.EndToEndTests;

/// <summary>The contract of --json, over every command that prints tables: one document on the standard output, with the entries that docs/json.md lists.</summary>
public sealed class JsonTests : WorkingFolder
{
    [Fact]
    public void EveryCommandWithTablesPrintsOneDocumentWithTheEntriesOfItsPage()
    {
        File.WriteAllLines(PathOf("users.csv"), Enumerable.Range(0, 40).Select(row => $"{row},{(row % 3 == 0 ? "F" : "M")},{20 + (row % 30)}").Prepend("user_idx,gender,age"));
        File.WriteAllLines(PathOf("log.csv"), Enumerable.Range(0, 400).Select(row => $"{row % 40},{((row % 40 * 7) + (row / 40)) % 12},{((row % 40) + (row / 40)) % 2}").Prepend("user_id,item_id,rating"));
        var seen = new Dictionary<string, JsonElement>
        {
            ["list"] = Document("list", "--json"),
            ["list NAME"] = Document("list", "ucb", "--json"),
            ["train"] = Document(["train", "linucb", "--env", "context", "--iterations", "3", "--out", "run", "--json", .. Small]),
            ["evaluate"] = Document("evaluate", "run", "--seeds", "2", "--threads", "1", "--json"),
            ["insight"] = Document("insight", "run", "--json"),
            ["simulate"] = Document(["simulate", "random", "--env", "popular", "--iterations", "4", "--log", "log", "--json", .. Small]),
            ["ope"] = Document("ope", "log", "--agent", "greedy", "--threads", "1", "--json"),
            ["compare"] = Document("compare", "--env", "popular", "--agents", "random,greedy", "--seeds", "2", "--iterations", "2", "--set", "users=50", "--out", "table", "--json"),
            ["answer"] = Document("answer", "task2-context", "--seeds", "1", "--iterations", "1", "--users", "50", "--out", "context", "--json"),
            ["answer --list"] = Document("answer", "--list", "--json"),
            ["table"] = Document("table", "table", "--json"),
            ["tune"] = Document("tune", "ucb", "--env", "popular", "--search", "exploration=0.1", "--seeds", "1", "--halvings", "0", "--iterations", "1", "--set", "users=50", "--jobs", "1", "--out", "best.json", "--json"),
            ["population quality"] = Document("population", "quality", "--real", "users.csv", "--synthetic", "users.csv", "--json"),
            ["population compare"] = Document("population", "compare", "--from", "users.csv", "--kinds", "independent", "--seeds", "1", "--threads", "1", "--json"),
            ["import"] = Document("import", "log.csv", "--format", "log", "--response", "rating", "--out", "data", "--duplicates", "keep", "--json"),
            ["response fit"] = Document("response", "fit", Learner, "--data", "data", "--out", "learned", "--threads", "1", "--set", "items=12", "--set", "rank=2", "--set", "iterations=2", "--json"),
            ["response options"] = Document("response", "options", Learner, "--json"),
            ["bench"] = Document("bench", "--device", "cpu", "--threads", "1", "--seconds", "0.01", "--json"),
            ["response inspect"] = Document("response", "inspect", "learned", "--json"),
        };
        var documented = EntriesOf(File.ReadAllLines(Path.Combine(RecDeepRLProcess.Root, "docs", "json.md")));

        Assert.Equal(documented.Keys.Order(StringComparer.Ordinal), seen.Keys.Order(StringComparer.Ordinal));
        foreach (var (command, entries) in documented)
            Assert.True(entries.SequenceEqual(seen[command].EnumerateObject().Select(entry => entry.Name)), $"{command}: {seen[command].ToString()[..200]}");

        // Figures agree with the files that hold them too, to the last digit; what is no number is null.
        using var result = JsonDocument.Parse(File.ReadAllText(PathOf("run/result.json")));
        Assert.Equal(result.RootElement.GetProperty("exploit").GetProperty("meanResponses").GetRawText(), seen["train"].GetProperty("exploit").GetProperty("meanResponses").GetRawText());
        Assert.Equal(2, seen["evaluate"].GetProperty("explore").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, seen["simulate"].GetProperty("meanOracle").ValueKind);
        // The start is ahead of itself by nothing that could be told; a difference on one seed has no interval.
        var candidates = seen["tune"].GetProperty("candidates").EnumerateArray().ToDictionary(one => one.GetProperty("isStart").GetBoolean(), one => one.GetProperty("ahead"));
        Assert.Equal(JsonValueKind.Null, candidates[true].ValueKind);
        Assert.Equal(JsonValueKind.Null, candidates[false].GetProperty("halfWidth").ValueKind);
        Assert.Equal("final", seen["tune"].GetProperty("metric").GetString());
        // A ratio is that of the two figures beside it; learning has nothing to be compared with.
        foreach (var row in seen["bench"].GetProperty("rows").EnumerateArray())
        {
            var (own, plain, ratio) = (row.GetProperty("perSecond").GetDouble(), row.GetProperty("plainPerSecond"), row.GetProperty("ratio"));
            Assert.True(own > 0, row.ToString());
            Assert.Equal(row.GetProperty("unit").GetString() == "updates", plain.ValueKind == JsonValueKind.Null);
            Assert.True(plain.ValueKind == JsonValueKind.Null ? ratio.ValueKind == JsonValueKind.Null : Math.Abs(ratio.GetDouble() - (own / plain.GetDouble())) < 1e-9 * own, row.ToString());
        }
        Assert.Equal(4, seen["compare"].GetProperty("rows").GetArrayLength());
    }

    [Fact]
    public void AMistakeLeavesTheOutputEmpty()
    {
        Run("list", "nobody", "--json").IsAMistake("Unknown agent, environment or part 'nobody'");
        Run("table", "somewhere", "--into", "page.md", "--json").IsAMistake("--json", "--into");
        Run("configs", "--json").IsAMistake("--json");
    }

    private const string Learner = "factorisation";

    private JsonElement Document(params string[] arguments)
    {
        var output = Run(arguments).Succeeded().Output;
        using var document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }

    /// <summary>Rows of the page's table: a command and the names of its entries.</summary>
    private static Dictionary<string, string[]> EntriesOf(IEnumerable<string> page) => page
        .SkipWhile(line => line != "| command | entries of its document |").Skip(2).TakeWhile(line => line.StartsWith("| ", StringComparison.Ordinal))
        .Select(line => line.Trim('|', ' ').Split(" | ")).ToDictionary(cells => cells[0].Trim('`'), cells => cells[1].Split(", ").Select(entry => entry.Trim('`')).ToArray());
}
