using RecDeepRL.Core;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Comparison;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Experiments.Comparison;

public sealed class ComparisonFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Folder => _folder.PathOf("results");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WhatWasSavedIsReadWithEveryRoundAndOption()
    {
        var saved = new List<ComparisonCell>();
        using (var folder = Open(Plan("thompson")))
            Run(folder, Plan("thompson"), onSaved: saved.Add);

        var results = ComparisonFolder.Read(Folder);

        Assert.Empty(results.Missing);
        Assert.Equal("compare here", results.Command);
        Assert.Equal(saved.Select(cell => cell.Row), results.Cells.Select(cell => cell.Row));
        Assert.Equal(saved.SelectMany(cell => cell.Rounds), results.Cells.SelectMany(cell => cell.Rounds));
        var cell = results.Cells[0];
        Assert.Equal([1L, 2, 3, 4, 5, 6], cell.Rounds.Select(round => round.Iteration));
        Assert.Equal("1", cell.AgentOptions["priorSuccesses"]);
        Assert.Equal("60", cell.EnvironmentOptions["users"]);
        Assert.Equal(saved[0].Diagnostics["best_mean"], cell.Diagnostics["best_mean"]);
        Assert.Equal(ProgramBuild.Of(SmallRuns.WithStubs), cell.Build);
        Assert.False(cell.IsBound);
    }

    [Fact]
    public void FinishedCellsAreNotRunAgainAndTheRestGoesOn()
    {
        var plan = Plan("random", "fixed");
        using (var folder = Open(plan))
        {
            // Three of six cells, then the end.
            using var stop = new CancellationTokenSource();
            var count = 0;
            Run(folder, plan, onSaved: _ => { if (++count == 3) stop.Cancel(); }, cancellation: stop.Token);
        }
        Assert.Equal(3, ComparisonFolder.Read(Folder).Missing.Count);
        File.WriteAllText(Path.Combine(Folder, "cells", "half.json.part"), "{");

        var again = new List<ComparisonCell>();
        using (var folder = Open(plan))
            Run(folder, plan, onSaved: again.Add);

        Assert.Equal(3, again.Count);
        Assert.Empty(Directory.GetFiles(Path.Combine(Folder, "cells"), "*.part"));
        var whole = new ComparisonRunner(SmallRuns.WithStubs, CPU, 1).Run(plan, CancellationToken.None).Select(WithoutTime);
        Assert.Equal(whole, ComparisonFolder.Read(Folder).Cells.Select(cell => WithoutTime(cell.Row)));
    }

    [Fact]
    public void AgentsSeedsAndVariantsMayBeAdded()
    {
        using (var folder = Open(Plan("random")))
            Run(folder, Plan("random"));
        var larger = Plan("fixed", "random") with { Seeds = [1, 2, 3, 4] };

        var added = new List<ComparisonCell>();
        using (var folder = Open(larger))
            Run(folder, larger, onSaved: added.Add);

        // Four of the new agent, and one new seed of the old one.
        Assert.Equal(["fixed", "fixed", "fixed", "fixed", "random"], added.Select(cell => cell.Row.Agent).Order());
        Assert.Equal(["fixed", "fixed", "fixed", "fixed", "random", "random", "random", "random"], ComparisonFolder.Read(Folder).Cells.Select(cell => cell.Row.Agent));
    }

    [Fact]
    public void APlanThatFinishedCellsAreNoPartOfIsRefusedWithWhatDiffers()
    {
        var plan = Plan("thompson", "random");
        using (var folder = Open(plan))
            Run(folder, plan);
        var before = File.ReadAllText(Path.Combine(Folder, "compare.json"));

        Refused(Plan("thompson"), "the agent random is left out");
        Refused(plan with { Seeds = [1, 2] }, "seed 3 is left out");
        Refused(With(plan, pair => pair with { Iterations = 7 }), "iterations was 6, is now 7");
        Refused(With(plan, pair => pair with { Environment = "context" }), "the environment popular is left out");
        Refused(With(plan, pair => pair with { EnvironmentOptions = new Dictionary<string, string>(pair.EnvironmentOptions) { ["users"] = "61" } }), "environment.users was 60, is now 61");
        Refused(
            With(plan, pair => pair.Agent == "thompson" ? pair with { AgentOptions = new Dictionary<string, string> { ["priorFailures"] = "2" } } : pair),
            "of thompson in popular, agent.priorFailures was 1, is now 2");
        Assert.Contains("device was cpu, is now cuda:0", Assert.Throws<UserMistakeException>(() => ComparisonFolder.Open(Folder, plan, "cuda:0", "")).Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(Path.Combine(Folder, "compare.json")));

        void Refused(ComparisonPlan other, string difference) =>
            Assert.Contains(difference, Assert.Throws<UserMistakeException>(() => Open(other.Resolve(SmallRuns.WithStubs))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatHasNotFinishedMayBeLeftOut()
    {
        var plan = Plan("failing", "random");
        using (var folder = Open(plan))
            Run(folder, plan);
        Assert.Equal(["failing", "failing", "failing"], ComparisonFolder.Read(Folder).Missing.Select(cell => cell.Agent));

        // The failures are recorded nowhere: they are tried again, or given up.
        var tried = 0;
        using (var folder = Open(plan))
            Run(folder, plan, onFailed: () => tried++);
        Assert.Equal(3, tried);
        using (Open(Plan("random")))
            Assert.Empty(ComparisonFolder.Read(Folder).Missing);
    }

    [Fact]
    public void ASecondHolderIsRefusedAndAReaderIsNot()
    {
        using var folder = Open(Plan("random"));

        Assert.Contains("Another process", Assert.Throws<UserMistakeException>(() => Open(Plan("random"))).Message, StringComparison.Ordinal);
        Assert.Equal(3, ComparisonFolder.Read(Folder).Missing.Count);
    }

    [Fact]
    public void ACellThatWasTamperedWithIsRefusedByName()
    {
        using (var folder = Open(Plan("random")))
            Run(folder, Plan("random"));
        var cells = Directory.GetFiles(Path.Combine(Folder, "cells")).Order(StringComparer.Ordinal).ToList();

        File.Copy(cells[1], cells[0], overwrite: true);
        Assert.Contains("holds another run", Assert.Throws<UserMistakeException>(() => Open(Plan("random"))).Message, StringComparison.Ordinal);
        File.WriteAllText(cells[0], "{}");
        Assert.Contains(Path.GetFileName(cells[0]), Assert.Throws<UserMistakeException>(() => ComparisonFolder.Read(Folder)).Message, StringComparison.Ordinal);

        File.Delete(cells[0]);
        using (Open(Plan("random")))
            Assert.Single(ComparisonFolder.Read(Folder).Missing);
    }

    [Fact]
    public void ResultsOfAnEarlierVersionAreReadAndNeverOverwritten()
    {
        Directory.CreateDirectory(Folder);
        var row = new ComparisonRunner(SmallRuns.WithStubs, CPU, 1).Run(Plan("oracle") with { Seeds = [1] }, CancellationToken.None)[0] with { Seconds = 1 };
        File.WriteAllText(Path.Combine(Folder, "results.csv"), ComparisonRow.Header + "\n" + row.ToCsv() + "\n");

        var cell = Assert.Single(ComparisonFolder.Read(Folder).Cells);
        Assert.Equal(row, cell.Row);
        Assert.True(cell.IsBound);
        Assert.Contains("none overwrites another", Assert.Throws<UserMistakeException>(() => Open(Plan("oracle"))).Message, StringComparison.Ordinal);
        Assert.Contains("There is no comparison", Assert.Throws<UserMistakeException>(() => ComparisonFolder.Read(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NothingIsLeftBehindWhereNothingFinished()
    {
        Open(Plan("random")).AbandonIfEmpty();
        Assert.False(Directory.Exists(Folder));

        using (var folder = Open(Plan("random")))
        {
            Run(folder, Plan("random"));
            folder.AbandonIfEmpty();
        }
        Assert.Equal(3, ComparisonFolder.Read(Folder).Cells.Count);
    }

    private static ComparisonPlan Plan(params string[] agents) =>
        new ComparisonPlan { Pairs = [.. agents.Select(agent => SmallRuns.Plan(agent, "popular"))], Seeds = [1, 2, 3] }.Resolve(SmallRuns.WithStubs);

    private static ComparisonPlan With(ComparisonPlan plan, Func<RunPlan, RunPlan> change) => plan with { Pairs = [.. plan.Pairs.Select(change)] };

    private static ComparisonRow WithoutTime(ComparisonRow row) => row with { Seconds = 0 };

    private ComparisonFolder Open(ComparisonPlan plan) => ComparisonFolder.Open(Folder, plan, "cpu", "compare here");

    private static void Run(ComparisonFolder folder, ComparisonPlan plan, Action<ComparisonCell>? onSaved = null, Action? onFailed = null, CancellationToken cancellation = default) =>
        new ComparisonRunner(SmallRuns.WithStubs, CPU, 1)
        {
            IsFinished = folder.Has,
            Failed = (_, _) => onFailed?.Invoke(),
            Finished = (cell, finished) =>
            {
                folder.Save(cell, finished);
                onSaved?.Invoke(finished);
            },
        }.Run(plan, cancellation);
}
