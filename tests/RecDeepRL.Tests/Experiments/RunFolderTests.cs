using RecDeepRL.Core;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Training;

namespace RecDeepRL.Tests.Experiments;

public sealed class RunFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AFolderThatHoldsSomethingIsRefusedAndUntouched()
    {
        File.WriteAllText(_folder.PathOf("notes"), "mine");

        Assert.Throws<UserMistakeException>(() => RunFolder.Create(_folder.Path));
        Assert.Equal(["notes"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void ANameThatIsTakenGetsANumber()
    {
        using var first = RunFolder.CreateBelow(_folder.Path, "run");
        using var second = RunFolder.CreateBelow(_folder.Path, "run");
        using var third = RunFolder.CreateBelow(_folder.Path, "run");

        Assert.Equal(["run", "run-2", "run-3"], new[] { first, second, third }.Select(one => Path.GetFileName(one.Path)));
    }

    [Fact]
    public void ASecondHolderIsRefusedUntilTheFirstLetsGo()
    {
        var path = _folder.PathOf("run");
        using (RunFolder.Create(path))
            Assert.Throws<UserMistakeException>(() => RunFolder.Open(path));
        RunFolder.Open(path).Dispose();
    }

    [Fact]
    public void AFileInTheWayIsAMistakeOfTheUser()
    {
        File.WriteAllText(_folder.PathOf("file"), "");

        Assert.Throws<UserMistakeException>(() => RunFolder.Create(_folder.PathOf("file")));
        Assert.Throws<UserMistakeException>(() => RunFolder.Create(_folder.PathOf("file/below")));
    }

    [Fact]
    public void AFileIsReplacedAsAWhole()
    {
        var path = _folder.PathOf("text");
        AtomicFile.WriteAllText(path, "one");
        AtomicFile.WriteAllText(path, "two");

        Assert.Equal("two", File.ReadAllText(path));
        Assert.Single(Directory.EnumerateFiles(_folder.Path));
        Assert.Throws<UserMistakeException>(() => AtomicFile.WriteAllText(_folder.PathOf("absent/text"), "x"));
    }
}
