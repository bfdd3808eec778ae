namespace RecDeepRL.Tests;

/// <summary>The original's data, read in place: it is no part of this project. Tests that need it are skipped where it is absent.</summary>
internal static class OriginalData
{
    private const string Variable = "RECDEEPRL_DATA";

    /// <summary>The folder that holds response_models/data, or none.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>Skips the calling test where the data is absent.</summary>
    public static string Require()
    {
        Skip.If(Folder is null, $"The original's data is not here: set {Variable} to its folder, or put it at shared/airi-2023 beside the repository.");
        return Folder!;
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
            return given; // Without a look whether it is there: who names a folder wants to hear that it is wrong.
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "RecDeepRL.sln")))
            root = root.Parent;
        var beside = root?.Parent is { } parent ? Path.Combine(parent.FullName, "shared", "airi-2023") : null;
        return Directory.Exists(beside) ? beside : null;
    }
}
