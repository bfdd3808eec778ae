using RecDeepRL.Agents;
using RecDeepRL.Cluster.Cells;
using RecDeepRL.Core;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Tests.Experiments;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Cluster;

/// <summary>A run of a comparison that goes on elsewhere ends as it would have.</summary>
public sealed class CellCheckpointTests
{
    public static TheoryData<string, string> Runs
    {
        get
        {
            var runs = new TheoryData<string, string>();
            foreach (var agent in AgentRegistry.All)
                runs.Add(agent.Name, "context");
            foreach (var environment in new[] { "popular", "drift", "personal", "sessions", "satisfaction", "composed", "wheel" })
                runs.Add("dqn", environment);
            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void ARunThatGoesOnFromACheckpointEndsAsItWouldHave(string agent, string environment)
    {
        var plan = Plan(agent, environment);
        var texts = new List<string>();
        var whole = Run(new CellOrder(plan) { Checkpointed = checkpoint => texts.Add(CellCheckpointText.Write(checkpoint)) });
        // None after the last round, when nothing is left to do.
        Assert.Equal(7, texts.Count);

        foreach (var text in new[] { texts[0], texts[4] })
        {
            using var from = CellCheckpointText.Read(text, "the checkpoint");
            var progress = new List<long>();
            var rest = Run(new CellOrder(plan) { From = from, Progressed = (iteration, _) => progress.Add(iteration) });

            Assert.Equal(Timeless(plan, whole), Timeless(plan, rest));
            Assert.Equal(from.Iteration, progress[0]);
            Assert.Equal(8 - from.Iteration + 1, progress.Count);
            Assert.True(rest.WallSeconds > from.WallSeconds);
        }
    }

    [Fact]
    public void ARunThatIsLookedIntoIsLookedIntoFromItsBeginning()
    {
        var plan = Plan("thompson", "popular");
        var texts = new List<string>();
        Run(new CellOrder(plan) { Checkpointed = checkpoint => texts.Add(CellCheckpointText.Write(checkpoint)) });
        using var from = CellCheckpointText.Read(texts[2], "the checkpoint");
        var progress = new List<long>();
        Run(new CellOrder(plan)
        {
            From = from,
            LookedInto = _ => { },
            Progressed = (iteration, _) => progress.Add(iteration),
            Checkpointed = _ => Assert.Fail("what is seen of a run cannot be kept in its midst"),
        });
        Assert.Equal(Enumerable.Range(0, 9).Select(iteration => (long)iteration), progress);
    }

    [Fact]
    public void ACheckpointOfAnotherRunIsRefused()
    {
        var texts = new List<string>();
        Run(new CellOrder(Plan("thompson", "popular")) { Checkpointed = checkpoint => texts.Add(CellCheckpointText.Write(checkpoint)) });
        using var from = CellCheckpointText.Read(texts[0], "The checkpoint");
        Assert.Contains("belongs to other options or another", Assert.Throws<UserMistakeException>(() => Run(new CellOrder(Plan("ddpg", "context")) { From = from })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SpoiltTextsAreRefused()
    {
        var texts = new List<string>();
        Run(new CellOrder(Plan("thompson", "popular")) { Checkpointed = checkpoint => texts.Add(CellCheckpointText.Write(checkpoint)) });
        var text = texts[0];
        foreach (var spoilt in new[] { "", "!", "AAAA", text[..^4], text[..(text.Length / 2 / 4 * 4)], text.Replace(text[40..44], "AAAA", StringComparison.Ordinal) })
            Assert.Contains("The checkpoint", Assert.Throws<UserMistakeException>(() => CellCheckpointText.Read(spoilt, "The checkpoint")).Message, StringComparison.Ordinal);
    }

    private static RunPlan Plan(string agent, string environment) =>
        (SmallRuns.Plan(agent, environment, iterations: 8) with { AgentOptions = SmallAgents.Options(agent) }).Resolve(SmallRuns.Registered);

    private static ComparisonCell Run(CellOrder order)
    {
        using var pool = new LocalCells(SmallRuns.Registered, CPU, 1);
        using var place = pool.Open();
        return place.Run(order, CancellationToken.None)!;
    }

    private static string Timeless(RunPlan plan, ComparisonCell cell) => CellFile.ToText(plan, "cpu", cell with
    {
        Row = cell.Row with { Seconds = 0 },
        Rounds = [.. cell.Rounds.Select(round => round with { Seconds = 0 })],
        WallSeconds = 0,
    });
}
