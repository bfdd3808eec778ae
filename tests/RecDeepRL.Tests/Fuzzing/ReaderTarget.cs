namespace RecDeepRL.Tests.Fuzzing;

/// <summary>A target whose reader needs nothing beside its folder.</summary>
internal sealed class ReaderTarget(string name, Action<string> prepare, Action<string> read, Func<string, bool>? damages = null) : FuzzTarget
{
    public override string Name => name;

    public override void Prepare(string folder) => prepare(folder);

    public override void Read(string folder) => read(folder);

    public override bool Damages(string file) => damages?.Invoke(file) ?? true;
}
