using RecDeepRL.Core;
using RecDeepRL.Data.Logs;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Data.Logs;

/// <summary>The thread that writes: a slow disk, a full one, and one that goes away.</summary>
public sealed class InteractionLogWriterTests : IDisposable
{
    private readonly WrittenLog _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task TheRunGoesOnWhileTheDiskIsSlowUntilTooMuchWaits()
    {
        using var disk = new SemaphoreSlim(0);
        using var writer = _log.Open(beforeWriting: disk.Wait);
        var rounds = 0;
        var run = Task.Run(() =>
        {
            for (; rounds < 3 * InteractionLogWriter.ChunksInFlight; rounds++)
            {
                using var scope = NewDisposeScope();
                writer.Add(WrittenLog.Round(rounds), null);
            }
        });

        // Nothing can be written yet: the run takes as many rounds as may wait, then waits itself.
        SpinWait.SpinUntil(() => Volatile.Read(ref rounds) == InteractionLogWriter.ChunksInFlight, TimeSpan.FromSeconds(30));
        Assert.NotSame(run, await Task.WhenAny(run, Task.Delay(200)));
        Assert.Equal(InteractionLogWriter.ChunksInFlight, Volatile.Read(ref rounds));
        disk.Release(int.MaxValue);
        await run;
        writer.Complete();
        Assert.Equal(3 * InteractionLogWriter.ChunksInFlight, InteractionLog.Read(_log.Folder).IterationCount);
    }

    [SkippableFact]
    public void AFullDiskEndsTheRunWithOneLine()
    {
        Skip.IfNot(File.Exists("/dev/full"));
        using var writer = _log.Open();
        using var scope = NewDisposeScope();
        writer.Add(WrittenLog.Round(0), null);
        File.CreateSymbolicLink(_log.PathOf(".iteration-00000001.parquet.part"), "/dev/full");

        var mistake = Assert.Throws<UserMistakeException>(() =>
        {
            writer.Add(WrittenLog.Round(1), null);
            writer.Complete();
        });
        Assert.StartsWith($"The log '{_log.Folder}' cannot be written: ", mistake.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake.Message);
        Assert.Equal(1, InteractionLog.Read(_log.Folder).IterationCount);
    }

    [Fact]
    public void ARunHearsOfAFailureInTheNextRounds()
    {
        using var writer = _log.Open();
        File.Delete(_log.PathOf(".lock"));
        Directory.Delete(_log.Folder, recursive: true);

        var mistake = Assert.Throws<UserMistakeException>(() =>
        {
            // Far more rounds than may wait: one of them meets the failure, and none waits for ever.
            for (var round = 0; round < 100; round++)
            {
                using var scope = NewDisposeScope();
                writer.Add(WrittenLog.Round(round), null);
            }
        });
        Assert.Contains("cannot be written", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFolderThatCannotBeMadeIsAMistake()
    {
        using var population = WrittenLog.People();
        var inside = Path.Combine(typeof(InteractionLogWriterTests).Assembly.Location, "log");

        var mistake = Assert.Throws<UserMistakeException>(() => InteractionLogWriter.Open(inside, append: false, WrittenLog.Run(2), population));
        Assert.Contains("cannot be used", mistake.Message, StringComparison.Ordinal);
    }
}
