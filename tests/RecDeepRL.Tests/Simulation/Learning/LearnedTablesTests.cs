using RecDeepRL.Data.Files;
using RecDeepRL.Simulation.Learning;

namespace RecDeepRL.Tests.Simulation.Learning;

public sealed class LearnedTablesTests
{
    private static readonly DataTable s_known = new(
    [
        new IntegerColumn("item_idx", [.. Enumerable.Range(0, 300)]),
        new TextColumn("title", [.. Enumerable.Range(0, 300).Select(row => $"film {row}")]),
        new TextColumn("address", [.. Enumerable.Range(0, 300).Select(row => $"street {row}")]),
        new TextColumn("colour", [.. Enumerable.Range(0, 300).Select(row => row % 2 == 0 ? "red" : "blue")]),
        new IntegerColumn("year", [.. Enumerable.Range(0, 300).Select(row => 1700L + row)]),
    ]);

    [Fact]
    public void WhatIsKnownStandsWithTheKeysOfTheTableWithoutWhatIsNoFeature()
    {
        var table = LearnedTables.Known("item", s_known, [7, 299]);

        Assert.Equal(["item_idx", "title", "colour", "year"], table.Columns.Select(column => column.Name));
        Assert.Equal([7L, 299], Assert.IsType<IntegerColumn>(table.Find("item_idx")).Values);
        Assert.Equal(["film 7", "film 299"], Assert.IsType<TextColumn>(table.Find("title")).Values);
        Assert.Equal([1707L, 1999], Assert.IsType<IntegerColumn>(table.Find("year")).Values);
    }

    [Fact]
    public void WithoutATableOrWithAnUnknownKeyOnlyTheKeysAreKnown()
    {
        Assert.Equal("user_idx", Assert.Single(LearnedTables.Known("user", null, [3, 4]).Columns).Name);
        Assert.Equal([7L, 300], Assert.IsType<IntegerColumn>(Assert.Single(LearnedTables.Known("item", s_known, [7, 300]).Columns)).Values);
    }
}
