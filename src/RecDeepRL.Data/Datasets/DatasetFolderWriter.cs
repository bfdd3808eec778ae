using RecDeepRL.Core;
using RecDeepRL.Data.Datasets.Reading;
using RecDeepRL.Data.Files;

namespace RecDeepRL.Data.Datasets;

/// <summary>Writes a data set beside its destination and renames it when it is whole. Disposed before that, it leaves nothing; a process
/// that is killed leaves <c>DESTINATION.part</c>, which the next import to the same destination clears away.</summary>
internal sealed class DatasetFolderWriter : IDisposable
{
    private readonly string _destination;
    private readonly string _part;
    private readonly string? _createdParent;
    private readonly FileStream _lock;
    private InteractionFile? _interactions;
    private bool _completed;

    private DatasetFolderWriter(string destination, string part, string? createdParent, FileStream held)
    {
        _destination = destination;
        _part = part;
        _createdParent = createdParent;
        _lock = held;
    }

    /// <exception cref="UserMistakeException">The destination exists, another process writes it, or it cannot be created.</exception>
    public static DatasetFolderWriter Create(string destination)
    {
        RequireFree(destination);
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(destination));
        var part = full + ".part";
        var createdParent = FirstMissing(Path.GetDirectoryName(full));
        try
        {
            Directory.CreateDirectory(part);
            var held = new FileStream(LockOf(part), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            foreach (var left in Directory.EnumerateFiles(part).Where(file => file != LockOf(part)))
                File.Delete(left);
            return new DatasetFolderWriter(full, part, createdParent, held);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException($"'{destination}' cannot be written: {fault.Message} Another import to it may be running; otherwise choose another folder.", fault);
        }
    }

    /// <exception cref="UserMistakeException">There is something at the destination.</exception>
    public static void RequireFree(string destination)
    {
        if (string.IsNullOrWhiteSpace(destination))
            throw new UserMistakeException("No destination was named. Give --out a folder that does not exist yet.");
        if (File.Exists(destination) || Directory.Exists(destination))
            throw new UserMistakeException($"'{destination}' exists already, and an import never overwrites. Give --out a folder that does not exist yet.");
    }

    public IInteractionSink OpenInteractions(bool hasTimes) =>
        _interactions = new InteractionFile(Path.Combine(_part, DatasetFolder.InteractionsFile), hasTimes);

    /// <summary>Writes the rest, <c>dataset.json</c> last, and moves the folder to its destination.</summary>
    public void Complete(DataTable? users, DataTable? items, DatasetManifest manifest)
    {
        _interactions!.Complete();
        if (users is not null)
            TableFile.Write(Path.Combine(_part, DatasetFolder.UsersFile), users);
        if (items is not null)
            TableFile.Write(Path.Combine(_part, DatasetFolder.ItemsFile), items);
        try
        {
            using (var file = new FileStream(Path.Combine(_part, DatasetFolder.ManifestFile), FileMode.CreateNew))
            {
                file.Write(System.Text.Encoding.UTF8.GetBytes(DatasetFolder.ToJson(manifest)));
                file.Flush(flushToDisk: true);
            }
            File.Delete(LockOf(_part));
            Directory.Move(_part, _destination);
            _completed = true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException($"'{_destination}' cannot be written: {fault.Message} Free space or choose another folder.", fault);
        }
    }

    public void Dispose()
    {
        _interactions?.Dispose();
        if (!_completed)
            Clear();
        _lock.Dispose();
    }

    private void Clear()
    {
        try
        {
            Directory.Delete(_part, recursive: true);
            // Folders above the destination that were made for it go too, where nothing else came into them.
            for (var folder = Path.GetDirectoryName(_destination); _createdParent is not null && folder is not null && folder.Length >= _createdParent.Length; folder = Path.GetDirectoryName(folder))
                Directory.Delete(folder);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // What ended the import is what its user wants to hear of; the next import to this destination clears the rest.
        }
    }

    /// <summary>The highest folder of a path that does not exist; none where all do.</summary>
    private static string? FirstMissing(string? folder)
    {
        string? missing = null;
        for (; folder is not null && !Directory.Exists(folder); folder = Path.GetDirectoryName(folder))
            missing = folder;
        return missing;
    }

    private static string LockOf(string part) => Path.Combine(part, ".lock");
}
