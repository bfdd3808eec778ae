using System.Threading.Channels;
using RecDeepRL.Cluster.Cells;
using RecDeepRL.Cluster.Silos;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Tests.Experiments;
using Serilog.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Cluster;

/// <summary>What a worker answers, without a cluster around it.</summary>
public sealed class CellWorkerTests
{
    private static readonly WorkerOffer s_offer = new("", "build", "cpu", 1);

    [Fact]
    public async Task AResultThatNoMessageHoldsIsAMistakeThatNamesTheSetting()
    {
        // 64 KiB are kept for the envelope: what is left holds the news of the beginning and no result.
        var reports = await Ask(Request() with { LooksInto = true }, messageBytes: 64 * 1024 + 400);

        Assert.Equal(CellNews.Begun, reports[0].News);
        Assert.Equal(CellNews.Mistake, reports[^1].News);
        Assert.Contains("messageMegabytes", reports[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnotherBuildAndAnotherDeviceAreRefusedByName()
    {
        var build = Assert.Single(await Ask(Request() with { Build = "other" }));
        var device = Assert.Single(await Ask(Request() with { Device = "cuda" }));

        Assert.All([build, device], report => Assert.Equal(CellNews.Mistake, report.News));
        Assert.Contains("is build build on cpu, asked for was build other on cpu", build.Text, StringComparison.Ordinal);
        Assert.Contains("asked for was build build on cuda", device.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"build":"build","device":"cpu","plan":{"agent":"fixed","environment":"popular"},"looksInto":false,"command":"rm"}""", "'command'")]
    [InlineData("""{"build":"build","device":"cpu","plan":{"agent":"fixed","environment":"popular","agentOptions":null},"looksInto":false}""")]
    public async Task WhatIsNoRequestIsRefused(string text, string expected = "no run")
    {
        var report = Assert.Single(await Ask(text, 1_000_000));

        Assert.Equal(CellNews.Mistake, report.News);
        Assert.Contains(expected, report.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task APlanOfUnknownNamesIsAMistakeThatNamesTheWorker()
    {
        var reports = await Ask(Request() with { Plan = SmallRuns.Plan("dpg", "popular") });

        Assert.Equal(CellNews.Mistake, reports[^1].News);
        Assert.Contains("Unknown agent 'dpg'", reports[^1].Text, StringComparison.Ordinal);
        Assert.Contains("worker here", reports[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFinishedRunIsTheCellThatALocalRunGives()
    {
        var plan = SmallRuns.Plan("fixed", "popular").Resolve(SmallRuns.WithStubs);
        var reports = await Ask(Request() with { Plan = plan });

        Assert.Equal([CellNews.Begun, CellNews.Progress, CellNews.Finished], reports.Select(report => report.News));
        Assert.All(reports, report => Assert.Equal("here", report.Worker));
        var far = CellFile.FromText(plan, "cpu", reports[^1].Text!);
        using var local = new LocalCells(SmallRuns.WithStubs, CPU, 1);
        using var place = local.Open();
        var near = place.Run(new CellOrder(plan), CancellationToken.None)!;
        Assert.Equal(near.Row with { Seconds = 0 }, far.Row with { Seconds = 0 });
        Assert.Equal(near.Rounds.Select(round => round with { Seconds = 0 }), far.Rounds.Select(round => round with { Seconds = 0 }));
        Assert.Equal(near.Build, far.Build);
    }

    private static CellRequest Request() => new("build", "cpu", SmallRuns.Plan("fixed", "popular").Resolve(SmallRuns.WithStubs), LooksInto: false);

    private static Task<IReadOnlyList<CellReport>> Ask(CellRequest request, int messageBytes = 1_000_000) => Ask(request.ToText(), messageBytes);

    private static async Task<IReadOnlyList<CellReport>> Ask(string request, int messageBytes)
    {
        using var slots = new CellSlots(new LocalCells(SmallRuns.WithStubs, CPU, 1));
        var worker = new CellWorker("here", slots, s_offer, messageBytes, Logger.None);
        var channel = Channel.CreateUnbounded<string>();
        worker.Begin(request, channel.Writer, CancellationToken.None);
        var reports = new List<CellReport>();
        await foreach (var text in channel.Reader.ReadAllAsync())
            reports.Add(CellReport.Read(text));
        return reports;
    }
}
