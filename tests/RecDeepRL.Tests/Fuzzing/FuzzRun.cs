using System.Diagnostics;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Training;

namespace RecDeepRL.Tests.Fuzzing;

/// <summary>Runs cases of one target in this process. A case is known by its number: the same number is the same damage, whatever ran before.</summary>
internal sealed class FuzzRun : IDisposable
{
    /// <summary>Allowed managed memory for each byte of all files together, and beside that: readers of tables have buffers of some tens of MiB. A JSON document takes some tens of bytes for each of its own while it is read.</summary>
    private const long AllocationPerByte = 400, AllocationBeside = 64L << 20;

    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(20);

    private readonly FuzzTarget _target;
    private readonly string _folder;
    private readonly List<(string Name, byte[] Content)> _files;
    private readonly long _limit;

    /// <param name="folder">Made, and gone afterwards.</param>
    public FuzzRun(FuzzTarget target, string folder)
    {
        _target = target;
        _folder = folder;
        Directory.CreateDirectory(folder);
        target.Prepare(folder);
        _files = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => (Path.GetRelativePath(folder, path), File.ReadAllBytes(path)))];
        _limit = AllocationBeside + (AllocationPerByte * _files.Sum(file => (long)file.Content.Length));
        // The files as they are must be readable, or the cases would say nothing.
        target.Read(folder);
    }

    /// <summary>Cases that the reader took for whole.</summary>
    public long Accepted { get; private set; }

    /// <summary>Cases that it refused as it should.</summary>
    public long Refused { get; private set; }

    /// <summary>Cases that were taken for whole and stopped by name in the round after: numbers near the end of their type that became NaN or an infinity.</summary>
    public long Stopped { get; private set; }

    /// <summary>The file that a case damages, and its contents.</summary>
    public (string File, byte[] Content) Case(long number)
    {
        var random = RandomOf(number);
        var damaged = _files.Where(file => _target.Damages(file.Name)).ToList();
        var (name, content) = damaged[random.Next(damaged.Count)];
        return (name, Damage.Of(name, content, random));
    }

    /// <returns>What was wrong; none where the reader held its promise.</returns>
    public string? Run(long number)
    {
        var (name, content) = Case(number);
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        if (number % 2 == 0)
            _target.Forge(_folder, name);
        var watch = Stopwatch.StartNew();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var fault = Read();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        foreach (var file in _files)
        {
            if (file.Name == name || number % 2 == 0)
                File.WriteAllBytes(Path.Combine(_folder, file.Name), file.Content);
        }
        // A file may have become that much larger.
        var limit = _limit + (AllocationPerByte * content.Length);
        return fault
            ?? (watch.Elapsed > s_longest ? $"took {watch.Elapsed.TotalSeconds:F0} s" : allocated > limit ? $"allocated {allocated >> 20} MiB, {limit >> 20} MiB are allowed" : null);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string? Read()
    {
        try
        {
            _target.Read(_folder);
            Accepted++;
            return null;
        }
        catch (UserMistakeException mistake)
        {
            Refused++;
            return mistake.Message.Length == 0 ? "was refused without a word" : null;
        }
        catch (NotFiniteException stop)
        {
            Stopped++;
            return stop.Message.Length == 0 ? "stopped without a word" : null;
        }
#pragma warning disable CA1031 // Whatever else comes is what is looked for.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return fault.ToString();
        }
    }

    /// <summary>Neighbouring numbers differ in all bits, or their first draws would be alike.</summary>
    private Random RandomOf(long number) => new(unchecked((int)(RecDeepRL.Core.Randomness.RandomStream.DeriveSeed(number, _target.Name) >> 16)));
}
