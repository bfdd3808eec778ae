using System.Text.Json;
using System.Text.Json.Serialization;
using RecDeepRL.Core;

namespace RecDeepRL.Experiments.Training;

/// <summary>Tells others which process is at work in a folder, and hears it when one of them asks for the end.</summary>
/// <remarks>A request is a file, <c>.stop</c>, which names the holder that it is meant for. A signal would need the process's number to
/// be its own still when the signal arrives, a system that has signals, and the same machine; a file needs none of these.</remarks>
public sealed class RunHolder : IDisposable
{
    /// <summary>The file that names the holder, there as long as it holds the folder, or until the next holder if it was killed.</summary>
    public const string FileName = ".holder.json";

    private const string StopName = ".stop";
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);

    private readonly string _folder;
    private HolderRecord _record;

    private RunHolder(string folder, HolderRecord record)
    {
        _folder = folder;
        _record = record;
        Write();
        File.Delete(Path.Combine(folder, StopName));
    }

    /// <param name="folder">Of which this process holds the lock already.</param>
    /// <exception cref="UserMistakeException">The folder cannot be written to.</exception>
    public static RunHolder Take(string folder) =>
        new(folder, new HolderRecord(Guid.NewGuid().ToString("N"), ProcessMark.Current, Environment.MachineName, DateTimeOffset.UtcNow, null));

    /// <summary>Tells how many rounds the work is to have in all.</summary>
    public void Announce(long iterations)
    {
        _record = _record with { Iterations = iterations };
        Write();
    }

    /// <summary>Calls once, on a thread of the pool, soon after somebody asked this holder to stop.</summary>
    /// <returns>To be disposed when it does not matter any more; no call is made after that.</returns>
    public IDisposable WhenAskedToStop(Action stop)
    {
        var gate = new Lock();
        var done = false;
        var timer = new Timer(_ =>
        {
            lock (gate)
            {
                if (done || !IsAskedToStop())
                    return;
                done = true;
                stop();
            }
        });
        timer.Change(s_interval, s_interval);
        return new Ending(() =>
        {
            lock (gate)
                done = true;
            timer.Dispose();
        });
    }

    /// <summary>Who holds, or held until it was killed, a folder; none where nobody does.</summary>
    public static HolderRecord? Read(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize<HolderRecord>(File.ReadAllBytes(Path.Combine(folder, FileName)), ResultJson.Options) is { Process: not null, Key: not null } record ? record : null;
        }
        catch (Exception fault) when (StrictJson.IsDamage(fault) || fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Asks a holder to stop after its current round, as Ctrl-C would.</summary>
    /// <returns>False where it holds the folder no longer, or is not alive.</returns>
    /// <exception cref="UserMistakeException">The folder cannot be written to.</exception>
    public static bool AskToStop(string folder)
    {
        if (Read(folder) is not { IsAlive: true } record)
            return false;
        AtomicFile.WriteAllText(Path.Combine(folder, StopName), record.Key);
        return true;
    }

    public void Dispose()
    {
        try
        {
            File.Delete(Path.Combine(_folder, FileName));
            File.Delete(Path.Combine(_folder, StopName));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The folder is gone or closed. Whoever reads what is left looks for the process, and does not find it.
        }
    }

    private void Write() => AtomicFile.WriteAllText(Path.Combine(_folder, FileName), JsonSerializer.Serialize(_record, ResultJson.Options) + "\n");

    private bool IsAskedToStop()
    {
        try
        {
            var path = Path.Combine(_folder, StopName);
            return File.Exists(path) && File.ReadAllText(path) == _record.Key;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}

/// <summary>Who is at work in a folder.</summary>
/// <param name="Key">Differs between any two holders.</param>
/// <param name="Machine">Where its process runs.</param>
/// <param name="Since">When it took hold.</param>
/// <param name="Iterations">Rounds that the work is to have in all; none while that is not known.</param>
public sealed record HolderRecord(string Key, ProcessMark Process, string Machine, DateTimeOffset Since, long? Iterations)
{
    /// <summary>Whether it is on this machine, where its process can be looked for.</summary>
    [JsonIgnore]
    public bool IsHere => Machine == Environment.MachineName;

    /// <summary>Whether the process is at work still; one of another machine is taken at its word.</summary>
    [JsonIgnore]
    public bool IsAlive => !IsHere || Process.IsAlive;
}
