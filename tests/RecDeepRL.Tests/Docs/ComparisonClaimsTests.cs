using System.Reflection;
using System.Text.RegularExpressions;

namespace RecDeepRL.Tests.Docs;

/// <summary>docs/comparison.md: what it claims for this project is held by tests that exist, and what it says of a peer names its source.
/// Whether the source says what the cell says is left to readers.</summary>
public sealed partial class ComparisonClaimsTests
{
    private const string Nothing = "—";

    [Fact]
    public void EveryClaimHasItsTestAndEveryCellOfAPeerItsSource() =>
        Assert.Empty(Faults(File.ReadAllText(Path.Combine(Repository.Root, "docs", "comparison.md")), TestExists));

    [Theory]
    [InlineData("| feature | yes (4) | not found | `Some.Test` |")]
    [InlineData("| feature | partly (a limit) | yes [A1] | `Some.Test`, `Other.Test` |")]
    [InlineData("| feature | planned | partly (a limit) [A1] | — |")]
    [InlineData("| feature | not yet | yes (3) [A1] | — |")]
    public void AProperRowPasses(string row) => Assert.Empty(Faults(Page(row), name => name is "Some.Test" or "Other.Test"));

    [Theory]
    [InlineData("| feature | yes | not found | — |", "'yes' names no test")]
    [InlineData("| feature | partly (a limit) | not found | — |", "'partly (a limit)' names no test")]
    [InlineData("| feature | yes | not found | `Missing.Test` |", "there is no test Missing.Test")]
    [InlineData("| feature | yes | not found | `Some.Test`, `Missing.Test` |", "there is no test Missing.Test")]
    [InlineData("| feature | yes | not found | Some.Test |", "'Some.Test' is no list of tests")]
    [InlineData("| feature | planned | not found | `Some.Test` |", "'planned' names a test")]
    [InlineData("| feature | not yet | not found | `Some.Test` |", "'not yet' names a test")]
    [InlineData("| feature | partly | not found | `Some.Test` |", "'partly' is no verdict")]
    [InlineData("| feature | mostly | not found | — |", "'mostly' is no verdict")]
    [InlineData("| feature | planned | yes | — |", "Peer: 'yes' is no verdict with a source")]
    [InlineData("| feature | planned | partly [A1] | — |", "Peer: 'partly [A1]' is no verdict with a source")]
    [InlineData("| feature | planned | no [A1] | — |", "Peer: 'no [A1]' is no verdict with a source")]
    [InlineData("| feature | planned | yes [A2] | — |", "Peer: there is no source [A2]")]
    [InlineData("| feature | planned | yes [B1] | — |", "Peer: [B1] leads elsewhere")]
    [InlineData("| feature | planned | not found |", "3 cells, expected 4")]
    public void AFaultyRowIsNamed(string row, string fault) =>
        Assert.Equal($"feature: {fault}", Assert.Single(Faults(Page(row), name => name == "Some.Test")));

    [Fact]
    public void APageWithoutRowsASourceThatNothingUsesAndAnUnknownPeerAreFaults()
    {
        Assert.Equal("no features", Assert.Single(Faults("Nothing here.", _ => true)));
        Assert.Equal("nothing uses [C1]", Assert.Single(Faults(Page("| feature | planned | not found | — |") + "[C1]: https://example.org \"unused\"\n", _ => true)));
        Assert.Equal("Peer is not among the peers", Assert.Single(Faults(Page("| feature | planned | not found | — |").Replace("| Peer | 1 |", "| Other | 1 |", StringComparison.Ordinal), _ => true)));
    }

    [Fact]
    public void TestsAreFoundInBothProjectsAndNothingElseIs()
    {
        Assert.True(TestExists("ComparisonClaimsTests.TestsAreFoundInBothProjectsAndNothingElseIs"));
        Assert.True(TestExists("InterruptionTests.AKilledRunGoesOnFromItsNewestCheckpoint"));
        Assert.False(TestExists("ComparisonClaimsTests.TestExists")); // A method, but no test.
        Assert.False(TestExists("WorkingFolder.Dispose")); // Likewise, in the other project.
        Assert.False(TestExists("InterruptionTests.TestsAreFoundInBothProjectsAndNothingElseIs")); // A test of another class.
    }

    private static string Page(string row) => $"""
        | peer | version | commit, of | stands on | licence |
        |---|---|---|---|---|
        | Peer | 1 | [{new string('a', 7)}](https://github.com/some/peer/tree/{new string('a', 40)}), 2024-01-01 | C | MIT |

        | feature | RecDeepRL | Peer | held by |
        |---|---|---|---|
        {row}

        See [A1] and [B1].

        [A1]: https://github.com/some/peer/blob/{new string('a', 40)}/file.py#L1 "A class"
        [B1]: https://github.com/some/peer/blob/{new string('b', 40)}/file.py#L1 "A class at another commit"

        """;

    private static List<string> Faults(string page, Func<string, bool> testExists)
    {
        var faults = new List<string>();
        var peers = PeerRow().Matches(page).ToDictionary(
            match => match.Groups["peer"].Value, match => match.Groups["tree"].Value.Replace("/tree/", "/blob/", StringComparison.Ordinal) + "/");
        var sources = Source().Matches(page).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["address"].Value);
        var rows = 0;
        string[] columns = [];
        foreach (var line in page.Split('\n').Select(line => line.Trim()))
        {
            var cells = line.StartsWith("| ", StringComparison.Ordinal) && line.EndsWith(" |", StringComparison.Ordinal) ? line[2..^2].Split(" | ") : [];
            if (cells is ["feature", "RecDeepRL", .. var others, "held by"])
            {
                columns = cells;
                faults.AddRange(others.Where(peer => !peers.ContainsKey(peer)).Select(peer => $"{peer} is not among the peers"));
            }
            else if (line.Length == 0)
            {
                columns = [];
            }
            else if (columns.Length > 0 && cells.Length > 0)
            {
                rows++;
                faults.AddRange(RowFaults(columns, cells, peers, sources, testExists).Select(fault => $"{cells[0]}: {fault}"));
            }
        }
        if (rows == 0)
            faults.Add("no features");
        var text = Source().Replace(page, "");
        faults.AddRange(sources.Keys.Where(name => !text.Contains($"[{name}]", StringComparison.Ordinal)).Select(name => $"nothing uses [{name}]"));
        return faults;
    }

    private static IEnumerable<string> RowFaults(
        string[] columns, string[] cells, Dictionary<string, string> peers, Dictionary<string, string> sources, Func<string, bool> testExists)
    {
        if (cells.Length != columns.Length)
            return [$"{cells.Length} cells, expected {columns.Length}"];
        var found = Enumerable.Range(2, cells.Length - 3).SelectMany(
            column => PeerFaults(cells[column], peers.GetValueOrDefault(columns[column], ""), sources).Select(fault => $"{columns[column]}: {fault}"));
        return OwnFaults(cells[1], cells[^1], testExists).Concat(found);
    }

    private static IEnumerable<string> OwnFaults(string verdict, string heldBy, Func<string, bool> testExists)
    {
        if (!OwnVerdict().IsMatch(verdict))
            return [$"'{verdict}' is no verdict"];
        if (verdict is "planned" or "not yet")
            return heldBy == Nothing ? [] : [$"'{verdict}' names a test"];
        if (heldBy == Nothing)
            return [$"'{verdict}' names no test"];
        return TestList().Match(heldBy) is { Success: true } list
            ? list.Groups["test"].Captures.Select(test => test.Value).Where(test => !testExists(test)).Select(test => $"there is no test {test}")
            : [$"'{heldBy}' is no list of tests"];
    }

    private static IEnumerable<string> PeerFaults(string verdict, string address, Dictionary<string, string> sources)
    {
        if (verdict == "not found")
            return [];
        if (PeerVerdict().Match(verdict) is not { Success: true } match)
            return [$"'{verdict}' is no verdict with a source"];
        var source = match.Groups["source"].Value;
        if (!sources.TryGetValue(source, out var leadsTo))
            return [$"there is no source [{source}]"];
        return leadsTo.StartsWith(address, StringComparison.Ordinal) ? [] : [$"[{source}] leads elsewhere"];
    }

    private static bool TestExists(string name)
    {
        var (type, method) = (name.Split('.')[0], name.Split('.')[1]);
        return typeof(ComparisonClaimsTests).Assembly.GetTypes().Where(one => one.Name == type).SelectMany(one => one.GetMethods())
                .Any(one => one.Name == method && one.GetCustomAttribute<FactAttribute>() is { Skip: null })
            || Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", "RecDeepRL.EndToEndTests"), type + ".cs", SearchOption.AllDirectories)
                .Any(file => Regex.IsMatch(
                    File.ReadAllText(file), $@"\[(Skippable)?(Fact|Theory)(?![^\n]*Skip\s*=)[^\n]*\](\s*\[[^\n]*\])*\s*public (async )?(void|Task) {method}\("));
    }

    [GeneratedRegex(@"^\| (?<peer>[^|]+) \| [^|]+ \| \[\w{7}\]\((?<tree>https://github\.com/[\w.-]+/[\w.-]+/tree/\w{40})\)", RegexOptions.Multiline)]
    private static partial Regex PeerRow();

    [GeneratedRegex(@"^\[(?<name>[A-Z]\d+)\]: (?<address>\S+) ""[^""]+""\r?$", RegexOptions.Multiline)]
    private static partial Regex Source();

    [GeneratedRegex(@"^(planned|not yet|yes( \([^()]+\))?|partly \([^()]+\))$")]
    private static partial Regex OwnVerdict();

    [GeneratedRegex(@"^(yes( \([^()]+\))?|partly \([^()]+\)) \[(?<source>[A-Z]\d+)\]$")]
    private static partial Regex PeerVerdict();

    [GeneratedRegex(@"^`(?<test>\w+\.\w+)`(, `(?<test>\w+\.\w+)`)*$")]
    private static partial Regex TestList();
}
