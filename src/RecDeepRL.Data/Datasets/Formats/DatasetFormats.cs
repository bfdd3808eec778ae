using RecDeepRL.Core;
using RecDeepRL.Core.Options;

namespace RecDeepRL.Data.Datasets.Formats;

/// <summary>All formats; a new one is a class and a line here.</summary>
internal static class DatasetFormats
{
    public static IReadOnlyList<DatasetFormat> All { get; } =
    [
        new MovieLens100K(), MovieLensDat.OneMillion, MovieLensDat.TenMillion, new MovieLensCsv(),
        KuaiRec.Big, KuaiRec.Small, KuaiRandPure.Standard, KuaiRandPure.Random, new ColumnLog(),
    ];

    /// <summary>The format that the options name, or the one that the files tell.</summary>
    /// <exception cref="UserMistakeException">None fits, or several do.</exception>
    public static DatasetFormat Choose(string path, ImportOptions options)
    {
        if (!Directory.Exists(path) && !File.Exists(path))
            throw new UserMistakeException($"There is no '{path}'. Give the folder of a public data set, or a CSV or Parquet file.");
        if (options.Format is { } name)
        {
            var named = All.FirstOrDefault(format => format.Name == name)
                ?? throw new UserMistakeException($"Unknown format '{name}'.{NearName.Suggest(name, Names)} Formats are {string.Join(", ", Names)}.");
            if (options.Log is not null && named is not ColumnLog)
                throw new UserMistakeException($"Columns, delimiter and encoding are given for the format log, not for {named.Name}, whose files are known. Leave these options or --format out.");
            return named;
        }
        if (options.Log is not null)
            return All.OfType<ColumnLog>().Single();
        if (File.Exists(path))
            throw new UserMistakeException($"'{path}' is a file: name its columns with --user-column and --item-column (where they are user_id and item_id, --format log will do), or give the folder of a public data set.");
        var fitting = All.Where(format => format.Fits(path)).ToList();
        return fitting.Count switch
        {
            1 => fitting[0],
            0 => throw new UserMistakeException($"'{path}' holds no data set that is known by its files: {string.Join("; ", All.Where(format => format is not ColumnLog).Select(format => $"{format.Name} ({format.Layout})"))}. Check the folder, or name the columns of a file with --user-column and --item-column."),
            _ => throw new UserMistakeException($"'{path}' could be {string.Join(" or ", fitting.Select(format => format.Name))}. Say which with --format."),
        };
    }

    public static IEnumerable<string> Names => All.Select(format => format.Name);
}
