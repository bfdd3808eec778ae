using System.Text;
using RecDeepRL.Reporting.Dashboard;
using RecDeepRL.Tests.Experiments;

namespace RecDeepRL.Tests.Reporting.Dashboard;

public sealed class RunFiguresTests : IDisposable
{
    private static readonly FigureName s_responses = FigureName.Parse("training.mean_responses")!;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void OnlyWholeNewLinesAreSentAgain()
    {
        Metrics("iteration,users,mean_responses\n1,5,0.5\n2,5,0.75\n3,5,0.");
        var figures = new RunFigures(_folder.Path);
        var first = figures.Of(s_responses, 1, 100, null);
        // The third row is still being written.
        Assert.True(first.IsWhole);
        Assert.Equal([1.0, 2.0], first.X);
        Assert.Equal([0.5, 0.75], first.Y);

        File.AppendAllText(_folder.PathOf("metrics.csv"), "25\n4,0,NaN\n");
        var second = figures.Of(s_responses, 1, 100, first.Known);

        Assert.False(second.IsWhole);
        Assert.Equal([3.0, 4.0], second.X);
        Assert.Equal([0.25, null], second.Y);
        Assert.Empty(figures.Of(s_responses, 1, 100, second.Known).X);
    }

    [Fact]
    public void AFileThatWasReplacedIsReadAnewThoughItGrewBeyondItsOldLength()
    {
        Metrics("iteration,users,mean_responses\n1,5,0.5\n2,5,0.75\n");
        var figures = new RunFigures(_folder.Path);
        var known = figures.Of(s_responses, 1, 100, null).Known;

        // As a run does that goes on from an earlier checkpoint.
        Metrics("iteration,users,mean_responses\n1,5,0.5\n2,5,0.25\n3,5,1\n");
        var after = figures.Of(s_responses, 1, 100, known);

        Assert.True(after.IsWhole);
        Assert.Equal([0.5, 0.25, 1], after.Y);
    }

    [Fact]
    public void ALongCurveIsThinnedAndAnotherWindowIsAnotherCurve()
    {
        var text = new StringBuilder("iteration,users,mean_responses\n");
        for (var row = 1; row <= 20_000; row++)
            text.Append(row).Append(",1,").Append(row % 2).Append('\n');
        Metrics(text.ToString());
        var figures = new RunFigures(_folder.Path);

        var raw = figures.Of(s_responses, 1, 500, null);
        Assert.InRange(raw.X.Length, 400, 500);
        Assert.Equal((1.0, 20_000.0), (raw.X[0], raw.X[^1]));
        // 20,000 rows: means of 200, of which a hundred are 1.
        var smooth = figures.Of(s_responses, 0, 500, raw.Known);
        Assert.True(smooth.IsWhole);
        Assert.Equal(200, smooth.Window);
        Assert.Equal(0.5, smooth.Y[^1]);
    }

    [Fact]
    public void FiguresOfAnAgentAreToldApartByName()
    {
        File.WriteAllText(_folder.PathOf("diagnostics.csv"), "iteration,name,value\n1,loss,4\n1,noise,0.5\n2,loss,3\n2,noise,0.25\n3,alarm,1\n");
        var figures = new RunFigures(_folder.Path);

        Assert.Equal(["agent.loss", "agent.noise", "agent.alarm"], figures.OwnFigures());
        var noise = figures.Of(FigureName.Parse("agent.noise")!, 1, 100, null);
        Assert.Equal([1.0, 2.0], noise.X);
        Assert.Equal([0.5, 0.25], noise.Y);
        Assert.Empty(figures.Of(FigureName.Parse("agent.absent")!, 1, 100, null).X);
    }

    [Fact]
    public void FiguresOfShardsAreToldApartByShard()
    {
        File.WriteAllText(_folder.PathOf("shards.csv"), "iteration,shard,worker,users,seconds\n1,0,10.0.0.5:11111,40,0.5\n1,1,10.0.0.6:11111,60,0.25\n2,0,10.0.0.5:11111,41,0.5\n");
        var figures = new RunFigures(_folder.Path);

        // Where a shard is, is no figure.
        Assert.Equal(["shards.0 users", "shards.0 seconds", "shards.1 users", "shards.1 seconds"], figures.OwnFigures());
        Assert.Equal([40.0, 41.0], figures.Of(FigureName.Parse("shards.0 users")!, 1, 100, null).Y);
        Assert.Equal([0.25], figures.Of(FigureName.Parse("shards.1 seconds")!, 1, 100, null).Y);
    }

    [Fact]
    public void BoundsAreThoseOfTheNewestEvaluation()
    {
        var figures = new RunFigures(_folder.Path);
        Assert.Null(figures.Bounds());

        File.WriteAllText(_folder.PathOf("evaluations.csv"), "iteration,mean_responses,random,best_fixed,oracle\n5,0.5,0.1,0.2,0.3\n10,0.5,0.4,0.5,0.6\n");

        Assert.Equal(new CurveBounds(0.4, 0.5, 0.6), figures.Bounds());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("training")]
    [InlineData("training.")]
    [InlineData("../config.json")]
    [InlineData("secrets.x")]
    public void WhatIsNoFigureIsNone(string? text) => Assert.Null(FigureName.Parse(text));

    private void Metrics(string text) => File.WriteAllText(_folder.PathOf("metrics.csv"), text);
}
