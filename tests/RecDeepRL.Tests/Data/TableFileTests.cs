using RecDeepRL.Core;
using RecDeepRL.Data.Files;

namespace RecDeepRL.Tests.Data;

public sealed class TableFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recdeeprl-table-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("table.parquet")]
    [InlineData("table.csv")]
    public void WhatIsWrittenIsRead(string name)
    {
        var path = Path.Combine(_folder, name);
        TableFile.Write(path, new DataTable([new IntegerColumn("id", [3, -1]), new NumberColumn("score", [.1, 2e-9]), new TextColumn("name", ["a, \"b\"", "ü"])]));
        var read = TableFile.Read(path);
        Assert.Equal([3, -1], Assert.IsType<IntegerColumn>(read.Find("id")).Values);
        Assert.Equal([.1, 2e-9], Assert.IsType<NumberColumn>(read.Find("score")).Values);
        Assert.Equal(["a, \"b\"", "ü"], Assert.IsType<TextColumn>(read.Find("name")).Values);
        Assert.Equal(["name", "id"], TableFile.Read(path, "name", "id").Columns.Select(column => column.Name));
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Fact]
    public void AFolderOfPartFilesIsOneTable()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "table.parquet")).FullName;
        TableFile.Write(Path.Combine(folder, "part-0.parquet"), new DataTable([new IntegerColumn("id", [1])]));
        TableFile.Write(Path.Combine(folder, "part-1.parquet"), new DataTable([new IntegerColumn("id", [2, 3])]));
        File.WriteAllText(Path.Combine(folder, "_SUCCESS"), "");
        Assert.Equal([1, 2, 3], Assert.IsType<IntegerColumn>(TableFile.Read(folder).Find("id")).Values);
        TableFile.Write(Path.Combine(folder, "part-2.parquet"), new DataTable([new TextColumn("id", ["4"])]));
        Assert.Contains("part-2", Assert.Throws<UserMistakeException>(() => TableFile.Read(folder)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("a,a\n1,2\n", "twice")]
    [InlineData("a,b\n", "no rows")]
    [InlineData("a,b\n1,2\n3\n", "line 3")]
    public void ImproperTextIsRefused(string text, string told)
    {
        var path = Path.Combine(_folder, "table.csv");
        File.WriteAllText(path, text);
        Assert.Contains(told, Assert.Throws<UserMistakeException>(() => TableFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingFilesColumnsAndFoldersAreTold()
    {
        Assert.Contains("no column 'b'", Assert.Throws<UserMistakeException>(() =>
        {
            var path = Path.Combine(_folder, "table.csv");
            File.WriteAllText(path, "a\n1\n");
            TableFile.Read(path, "b");
        }).Message, StringComparison.Ordinal);
        Assert.Throws<UserMistakeException>(() => TableFile.Read(Path.Combine(_folder, "absent.csv")));
        Assert.Throws<UserMistakeException>(() => TableFile.Read(Path.Combine(_folder, "absent.parquet")));
        Assert.Throws<UserMistakeException>(() => TableFile.Write(Path.Combine(_folder, "absent", "table.csv"), new DataTable([new IntegerColumn("a", [1])])));
    }
}
