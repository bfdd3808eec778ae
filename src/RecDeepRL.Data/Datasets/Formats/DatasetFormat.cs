using RecDeepRL.Core;
using RecDeepRL.Data.Datasets.Features;
using RecDeepRL.Data.Datasets.Reading;

namespace RecDeepRL.Data.Datasets.Formats;

/// <summary>A published data set, or a family of them that share a layout of files.</summary>
internal abstract class DatasetFormat
{
    /// <summary>Such as <c>movielens-1m</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The files it is known by.</summary>
    public abstract string Layout { get; }

    /// <summary>Whether these files are there.</summary>
    /// <param name="path">A folder or file.</param>
    public abstract bool Fits(string path);

    /// <summary>Finds the files and their columns, and reads no rows yet.</summary>
    /// <exception cref="UserMistakeException">A file or column is missing, or an option does not go with this format.</exception>
    public abstract OpenedDataset Open(string path, ImportOptions options);

    /// <summary>The folder in which these files are: the one named, or its subfolder <c>data</c>; none where they are in neither.</summary>
    protected static string? FolderWith(string path, params string[] files) =>
        new[] { path, Path.Combine(path, "data") }.FirstOrDefault(folder => files.All(file => File.Exists(Path.Combine(folder, file))));

    /// <exception cref="UserMistakeException">The files are not there.</exception>
    protected string RequireFolder(string path, params string[] files) => FolderWith(path, files)
        ?? throw new UserMistakeException($"'{path}' is not in the format {Name}: expected are {string.Join(", ", files)}, there or in its folder data. Check the folder, or name another --format.");
}

/// <summary>A data set whose files are found.</summary>
internal sealed record OpenedDataset
{
    public required string Name { get; init; }

    /// <summary>In the order in which they are read; all or none have times.</summary>
    public required IReadOnlyList<InteractionLog> Logs { get; init; }

    /// <summary>The column that becomes the response.</summary>
    public required string ResponseColumn { get; init; }

    /// <summary>Whether a user may have several rows for one item where the options leave it open.</summary>
    public bool KeepsDuplicates { get; init; }

    /// <summary>Reads what is known about users; called after the interactions were read. None where nothing is.</summary>
    public Func<BadRows, FeatureTableBuilder>? ReadUsers { get; init; }

    /// <summary>Reads what is known about items; called after the interactions were read. None where nothing is.</summary>
    public Func<BadRows, FeatureTableBuilder>? ReadItems { get; init; }

    /// <summary>What whoever uses the data should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
