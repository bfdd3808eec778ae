using RecDeepRL.Data.Files;

namespace RecDeepRL.Simulation.Learning;

/// <summary>A learned response model: tables for an environment to read, and how good they are on pairs that the model never saw.</summary>
/// <param name="Report">Quality and origin.</param>
/// <param name="Tables">Each table with its path below the folder, in the layout that <see cref="OriginalFolder"/> reads, and beside them users and items for the environment <c>composed</c>; <c>/</c> between names.</param>
public sealed record LearnedResponses(LearnedReport Report, IReadOnlyList<(string Path, DataTable Table)> Tables)
{
    /// <summary>Where tables of probabilities stand below the folder.</summary>
    internal const string TableFolder = "response_models/data";

    /// <summary>Where features of the fourth task stand below the folder.</summary>
    internal const string FeatureFolder = "data/task_4";

    /// <summary>The users of the table and what is known of them, for the environment composed.</summary>
    internal const string UsersName = "users.parquet";

    /// <summary>The items of the table likewise.</summary>
    internal const string ItemsName = "items.parquet";

    /// <summary>Titles of the items of a factorisation, which the original's layout lacks.</summary>
    internal const string TitlesName = "als_items_titles.csv";

    /// <summary>Writes the tables below a folder; folders on the way are made.</summary>
    /// <exception cref="Core.UserMistakeException">A table cannot be written.</exception>
    public void Write(string folder)
    {
        foreach (var (path, table) in Tables)
        {
            var full = Path.Combine([folder, .. path.Split('/')]);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            TableFile.Write(full, table);
        }
    }
}
