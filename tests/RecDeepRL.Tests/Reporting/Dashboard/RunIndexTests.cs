using RecDeepRL.Experiments.Training;
using RecDeepRL.Reporting.Dashboard;
using RecDeepRL.Tests.Experiments;

namespace RecDeepRL.Tests.Reporting.Dashboard;

public sealed class RunIndexTests : IDisposable
{
    private const string Config = """{ "agent": { "name": "ucb" }, "environment": { "name": "drift" }, "run": { "seed": 7, "iterations": 50 } }""";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ARunIsDescribedByItsFiles()
    {
        Write("deep/er/run/config.json", Config);
        Write("deep/er/run/metrics.csv", "iteration,users,mean_responses\n1,5,0.5\n2,5,0.75\n3,5,0.");
        Write("deep/er/run/evaluations.csv", "iteration,mean_responses,mean_expected,regret,gap_closed\n2,0.5,0.625,0.25,0.5\n");

        var run = Assert.Single(new RunIndex(_folder.Path).Runs());

        Assert.Equal(("deep/er/run", "ucb", "drift", 7L, RunState.Stopped), (run.Name, run.Agent, run.Environment, run.Seed, run.State));
        // The third row is not whole.
        Assert.Equal((2L, 50L, 0.75, 0.625, 0.25, 0.5), (run.Iteration, run.Iterations, run.Responses, run.Expected, run.Regret, run.GapClosed));
    }

    [Fact]
    public void StatesFollowTheHolderAndTheResult()
    {
        Write("run/config.json", Config);
        Write("run/metrics.csv", "iteration,mean_responses\n50,0.5\n");
        Write("run/evaluations.csv", "iteration,mean_expected\n50,0.5\n");
        using (var folder = RunFolder.Open(_folder.PathOf("run")))
        {
            folder.Holder.Announce(80);
            Assert.Equal((RunState.Running, 80L), (State().State, State().Iterations));
            Assert.Equal(Environment.ProcessId, State().Process);
        }
        Assert.Equal(RunState.Stopped, State().State);
        Write("run/result.json", "{}");
        Assert.Equal((RunState.Finished, 50L), (State().State, State().Iterations));
        // It went on after the result, and was killed.
        File.AppendAllText(_folder.PathOf("run/metrics.csv"), "51,0.5\n");
        Assert.Equal(RunState.Stopped, State().State);

        RunSummary State() => Assert.Single(new RunIndex(_folder.Path).Runs());
    }

    [Fact]
    public void LogsOfSimulationsAreListedWithTheirLastRun()
    {
        Write("log/log.json", """{ "format": 1, "runs": [ { "agent": "random", "environment": "popular", "seed": 1 }, { "agent": "ddpg", "environment": "context", "seed": 2 } ] }""");

        var run = Assert.Single(new RunIndex(_folder.Path).Runs());

        Assert.Equal(("log", "simulate", "ddpg", "context", 2L, RunState.Logged, 0L), (run.Name, run.Kind, run.Agent, run.Environment, run.Seed, run.State, run.Iteration));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{ "agent": 3, "run": [] }""")]
    [InlineData("""{ "agent": { "name": 3 }, "run": { "seed": "x" } }""")]
    public void ADamagedRunIsListedAsUnknown(string config)
    {
        Write("run/config.json", config);
        Write("run/metrics.csv", "\u0000\u0001,,,\nnot,a,number\n");

        var run = Assert.Single(new RunIndex(_folder.Path).Runs());

        Assert.Equal(("?", "?", null, 0L), (run.Agent, run.Environment, run.Seed, run.Iteration));
    }

    [SkippableFact]
    public void LinksAreNotFollowed()
    {
        Skip.If(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        using var outside = new TemporaryFolder();
        Directory.CreateDirectory(outside.PathOf("run"));
        File.WriteAllText(outside.PathOf("run/config.json"), Config);
        File.WriteAllText(outside.PathOf("run/metrics.csv"), "iteration,mean_responses\n9,0.123\n");
        Directory.CreateSymbolicLink(_folder.PathOf("linked"), outside.PathOf("run"));
        Write("own/config.json", Config);
        File.CreateSymbolicLink(_folder.PathOf("own/metrics.csv"), outside.PathOf("run/metrics.csv"));
        var index = new RunIndex(_folder.Path);

        var run = Assert.Single(index.Runs());
        Assert.Equal(("own", 0L, null), (run.Name, run.Iteration, run.Responses));
        Assert.Empty(new RunFigures(index.FolderOf("own")!).Of(FigureName.Parse("training.mean_responses")!, 1, 100, null).X);
        Assert.All(new[] { "linked", "../" + Path.GetFileName(outside.Path) + "/run", outside.PathOf("run"), "own/", "./own", "", null }, name => Assert.Null(index.FolderOf(name)));
    }

    [Fact]
    public void TheFolderIsSearchedAnewOnceTheListIsNoLongerFresh()
    {
        Write("first/config.json", Config);
        Write("first/.lock", "");
        var clock = new SteppedClock();
        var index = new RunIndex(_folder.Path, clock);
        Assert.Single(index.Runs());
        Write("second/config.json", Config);
        Write("second/.lock", "");

        clock.Step(TimeSpan.FromMilliseconds(399));
        Assert.Single(index.Runs());
        clock.Step(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, index.Runs().Count);
    }

    [Fact]
    public void AFolderThatIsARunIsTheOnlyOne()
    {
        Write("run/config.json", Config);
        Write("run/.lock", "");

        Assert.Equal("run", Assert.Single(new RunIndex(_folder.PathOf("run")).Runs()).Name);
    }

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.PathOf(name))!);
        File.WriteAllText(_folder.PathOf(name), text);
    }

    private sealed class SteppedClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Step(TimeSpan time) => _ticks += time.Ticks;
    }
}
