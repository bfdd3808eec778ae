using RecDeepRL.Core;
using RecDeepRL.Data.Datasets.Features;
using RecDeepRL.Data.Datasets.Formats;
using RecDeepRL.Data.Datasets.Reading;
using RecDeepRL.Data.Files;

namespace RecDeepRL.Data.Datasets;

/// <summary>A public data set as it was downloaded and unpacked: read into memory, or streamed into a folder of this program's own.</summary>
/// <remarks>Users and items that only the interactions know are added to the tables of users and items with everything unknown (see
/// docs/import.md for how unknown values look), so that each interaction finds its rows; rows without interactions are kept.</remarks>
public sealed class DatasetSource
{
    private readonly OpenedDataset _opened;
    private readonly ImportOptions _options;
    private readonly string _path;

    private DatasetSource(string path, DatasetFormat format, ImportOptions options)
    {
        _path = path;
        _options = options;
        _opened = format.Open(path, options);
        Format = format.Name;
    }

    /// <summary>Names of all formats.</summary>
    public static IReadOnlyList<string> Formats { get; } = [.. DatasetFormats.Names];

    /// <summary>The format that was named or found.</summary>
    public string Format { get; }

    /// <summary>Name of the data set, such as <c>movielens-1m</c>.</summary>
    public string Name => _opened.Name;

    /// <summary>Finds the files and checks their columns; reads no rows yet.</summary>
    /// <param name="path">The folder of a data set, or one file.</param>
    /// <exception cref="UserMistakeException">There is no such data set, it is of no known format, or an option does not go with it.</exception>
    public static DatasetSource Open(string path, ImportOptions? options = null)
    {
        options ??= new ImportOptions();
        if (options.SkipBad < 0)
            throw new UserMistakeException($"--skip-bad was {options.SkipBad}, must be at least 0.");
        if (options.Threshold is { } threshold && !double.IsFinite(threshold))
            throw new UserMistakeException($"--threshold was {threshold}, must be a finite number.");
        if (options.Log is { Delimiter: "" or "\n" or "\r" or "\"" })
            throw new UserMistakeException("--delimiter was empty, a line end or a quotation mark, must be other text such as ';' or a tab.");
        return new DatasetSource(path, DatasetFormats.Choose(path, options), options);
    }

    /// <summary>Reads everything into memory: 32 bytes for each interaction with a time, and about as much again while it is joined.</summary>
    /// <exception cref="UserMistakeException">A file cannot be read, or has more bad rows than allowed.</exception>
    public static Dataset Read(string path, ImportOptions? options = null) => Open(path, options).Read();

    /// <inheritdoc cref="Read(string, ImportOptions?)"/>
    public Dataset Read()
    {
        var bad = new BadRows(_options.SkipBad);
        var sink = new InteractionsInMemory(HasTimes);
        var taker = Stream(sink, bad, progress: null, [], CancellationToken.None);
        return new Dataset
        {
            Name = Name,
            Interactions = sink.ToTable(_path),
            Users = Table(_opened.ReadUsers, taker.Users, bad, "users", []),
            Items = Table(_opened.ReadItems, taker.Items, bad, "items", []),
        };
    }

    /// <summary>Streams the interactions into a new folder, of which nothing is to be seen before it is whole. In memory are two chunks of
    /// rows, the distinct users and items, their tables, and, where a pair may occur only once, about 14 bytes for each row.</summary>
    /// <param name="destination">Must not exist.</param>
    /// <param name="progress">Told now and then how far the interactions are read.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="UserMistakeException">A file cannot be read, has more bad rows than allowed, or the folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing is left behind.</exception>
    public DatasetManifest Import(string destination, Action<ImportProgress>? progress = null, CancellationToken cancellation = default)
    {
        using var writer = DatasetFolderWriter.Create(destination);
        var bad = new BadRows(_options.SkipBad);
        var notes = new List<string>(_opened.Notes);
        var taker = Stream(writer.OpenInteractions(HasTimes), bad, progress, notes, cancellation);
        var users = Table(_opened.ReadUsers, taker.Users, bad, "users", notes);
        var items = Table(_opened.ReadItems, taker.Items, bad, "items", notes);
        cancellation.ThrowIfCancellationRequested();
        var manifest = DatasetFolder.Manifest(Name, _opened.ResponseColumn, taker) with
        {
            Files = [.. _opened.Logs.Select(log => log.Path).Concat(new[] { users, items }.OfType<DataTable>().Select(table => table.Source)).Select(file => Path.GetFileName(file)).Distinct()],
            Threshold = _options.Threshold,
            UserRows = users?.RowCount,
            ItemRows = items?.RowCount,
            SkippedRows = bad.Count,
            Notes = notes,
        };
        writer.Complete(users, items, manifest);
        return manifest;
    }

    private bool HasTimes => _opened.Logs[0].HasTimes;

    private InteractionTaker Stream(IInteractionSink sink, BadRows bad, Action<ImportProgress>? progress, List<string> notes, CancellationToken cancellation)
    {
        var taker = new InteractionTaker(sink, HasTimes, _options.Threshold, _options.KeepDuplicates ?? _opened.KeepsDuplicates, bad);
        // The share of all files is the share of their bytes.
        var lengths = _opened.Logs.Select(log => (double)new FileInfo(log.Path).Length).ToArray();
        double before = 0;
        for (var index = 0; index < lengths.Length; index++)
        {
            var part = new InteractionLog.Progress();
            var (start, length) = (before, lengths[index]);
            taker.Look = rows =>
            {
                cancellation.ThrowIfCancellationRequested();
                progress?.Invoke(new ImportProgress(rows, (start + (length * part.Share)) / lengths.Sum()));
            };
            if (_opened.Logs[index].ReadInto(taker, bad, part) is { } note)
                notes.Add(note);
            before += length;
        }
        taker.Finish(_path);
        if (taker is { HasTimes: true, RowsWithoutTime: > 0 })
            notes.Add($"{taker.RowsWithoutTime} rows have no time; their timestamp is {FieldParsing.UnknownTime}.");
        return taker;
    }

    private static DataTable? Table(Func<BadRows, FeatureTableBuilder>? read, KeyCounts keys, BadRows bad, string kind, List<string> notes)
    {
        if (read is null)
            return null;
        var table = read(bad);
        table.Complete(keys.Keys);
        if (table.Completed > 0)
            notes.Add($"{Path.GetFileName(table.Path)} does not know {table.Completed} of the {kind} with interactions; they have rows in which everything is unknown.");
        return table.Build();
    }
}
