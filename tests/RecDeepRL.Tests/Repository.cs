namespace RecDeepRL.Tests;

/// <summary>The project's own files, for tests of what is read and not compiled: documents, configurations, project files.</summary>
internal static class Repository
{
    /// <summary>The folder that holds RecDeepRL.sln.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "RecDeepRL.sln")))
                return folder.FullName;
        throw new InvalidOperationException($"No RecDeepRL.sln above {AppContext.BaseDirectory}.");
    }
}
