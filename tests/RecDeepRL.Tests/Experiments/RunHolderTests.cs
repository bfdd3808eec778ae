using System.Diagnostics;
using RecDeepRL.Experiments.Training;

namespace RecDeepRL.Tests.Experiments;

public sealed class RunHolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AHolderIsNamedAsLongAsItHolds()
    {
        using (var holder = RunHolder.Take(_folder.Path))
        {
            Assert.Equal((Environment.ProcessId, null), (RunHolder.Read(_folder.Path)!.Process.Id, RunHolder.Read(_folder.Path)!.Iterations));
            holder.Announce(12);
            var record = RunHolder.Read(_folder.Path)!;
            Assert.Equal((12L, true, true), (record.Iterations, record.IsHere, record.IsAlive));
        }
        Assert.Null(RunHolder.Read(_folder.Path));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void WhoIsAskedToStopIsToldOnce()
    {
        using var holder = RunHolder.Take(_folder.Path);
        using var told = new SemaphoreSlim(0);
        using var ending = holder.WhenAskedToStop(() => told.Release());

        Assert.False(told.Wait(TimeSpan.FromMilliseconds(450)));
        Assert.True(RunHolder.AskToStop(_folder.Path));
        Assert.True(told.Wait(TimeSpan.FromSeconds(30)));
        Assert.False(told.Wait(TimeSpan.FromMilliseconds(450)));
    }

    [Fact]
    public void ARequestToAnEarlierHolderDoesNotStopTheNext()
    {
        string request;
        using (RunHolder.Take(_folder.Path))
        {
            Assert.True(RunHolder.AskToStop(_folder.Path));
            request = File.ReadAllText(_folder.PathOf(".stop"));
        }
        using var holder = RunHolder.Take(_folder.Path);
        using var told = new SemaphoreSlim(0);
        using var ending = holder.WhenAskedToStop(() => told.Release());
        File.WriteAllText(_folder.PathOf(".stop"), request);

        Assert.False(told.Wait(TimeSpan.FromMilliseconds(600)));
    }

    [Fact]
    public void AProcessThatHasEndedHoldsNothingThoughItsFileIsThere()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", "--version") { RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        using var holder = RunHolder.Take(_folder.Path);
        var path = _folder.PathOf(RunHolder.FileName);
        File.WriteAllText(path, File.ReadAllText(path).Replace($"\"id\": {Environment.ProcessId}", $"\"id\": {process.Id}", StringComparison.Ordinal));

        Assert.Equal(process.Id, RunHolder.Read(_folder.Path)!.Process.Id);
        Assert.False(RunHolder.Read(_folder.Path)!.IsAlive);
        Assert.False(RunHolder.AskToStop(_folder.Path));
        Assert.False(File.Exists(_folder.PathOf(".stop")));
    }

    [Fact]
    public void AnotherProcessOfTheSameNumberIsNotTakenForTheHolder()
    {
        Assert.True(ProcessMark.Current.IsAlive);
        Assert.False((ProcessMark.Current with { Start = ProcessMark.Current.Start + "0" }).IsAlive);
        Assert.False(new ProcessMark(int.MaxValue, ProcessMark.Current.Start).IsAlive);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1]")]
    public void AFileThatNamesNobodyIsNobody(string text)
    {
        File.WriteAllText(_folder.PathOf(RunHolder.FileName), text);

        Assert.Null(RunHolder.Read(_folder.Path));
        Assert.False(RunHolder.AskToStop(_folder.Path));
    }
}
