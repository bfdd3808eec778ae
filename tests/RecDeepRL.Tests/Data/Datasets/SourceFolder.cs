using System.Text;
using RecDeepRL.Core;
using RecDeepRL.Data.Datasets;
using RecDeepRL.Data.Files;

namespace RecDeepRL.Tests.Data.Datasets;

/// <summary>Files of a public data set as a test writes them; gone when disposed.</summary>
internal sealed class SourceFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("recdeeprl-source-").FullName;

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes bytes exactly as given: no line end is added.</summary>
    public SourceFolder Write(string name, string text, Encoding? encoding = null)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllBytes(PathOf(name), (encoding ?? new UTF8Encoding(false)).GetBytes(text));
        return this;
    }

    public Dataset Read(ImportOptions? options = null) => DatasetSource.Read(Path, options);

    /// <summary>Asserts that the reading ends with one line that holds every text.</summary>
    public void Refuses(ImportOptions? options, params string[] texts) => Refuses(() => Read(options), texts);

    public static void Refuses(Action action, params string[] texts)
    {
        var message = Assert.Throws<UserMistakeException>(action).Message;
        Assert.All(texts, text => Assert.Contains(text, message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', message);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    public static long[] Integers(DataTable? table, string column) => Assert.IsType<IntegerColumn>(table!.Find(column)).Values;

    public static double[] Numbers(DataTable? table, string column) => Assert.IsType<NumberColumn>(table!.Find(column)).Values;

    public static string[] Texts(DataTable? table, string column) => Assert.IsType<TextColumn>(table!.Find(column)).Values;

    public static IEnumerable<string> Names(DataTable? table) => table!.Columns.Select(column => column.Name);
}
