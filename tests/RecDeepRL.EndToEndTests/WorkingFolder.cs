namespace RecDeepRL.EndToEndTests;

/// <summary>A folder to work in, gone afterwards.</summary>
public abstract class WorkingFolder : IDisposable
{
    protected string Folder { get; } = Directory.CreateTempSubdirectory("recdeeprl-").FullName;

    /// <summary>A population small enough for a test, and one thread.</summary>
    protected static string[] Small { get; } = ["--set", "users=200", "--threads", "1"];

    protected string PathOf(string name) => Path.Combine(Folder, name);

    private protected RecDeepRLProcess.Result Run(params string[] arguments) => RecDeepRLProcess.Run(Folder, arguments);

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
