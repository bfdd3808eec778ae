using RecDeepRL.Experiments.Insight;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Experiments.Insight;

public sealed class ItemPlaneTests
{
    [Fact]
    public void PointsOnALineNeedOneComponent()
    {
        using var scope = NewDisposeScope();
        // The centre is (1.5, 1.5) and the axis (1, 1)/√2: (0 − 1.5)·2/√2 = −2.121320, then −.707107 and their opposites.
        var plane = ItemPlane.Of(tensor(new float[] { 0, 0, 1, 1, 2, 2, 3, 3 }, [4, 2]), Items("a", "a", "b", ""))!;
        Assert.Equal([-2.12132, -.707107, .707107, 2.12132], plane.X);
        Assert.All(plane.Y, y => Assert.Equal(0, y, 1e-6));
        Assert.Equal([1, 0], plane.Explained);
        Assert.Equal(2, plane.Dimensions);
        // Three items are labelled; both others are an item's neighbours: 1, 1 and 0 of 2 share its label. At random 2·1/(3·2) do.
        Assert.Equal([new Neighbourhood("genre", .333333, .333333, 3)], plane.Neighbourhoods);
    }

    [Fact]
    public void ClustersThatFollowALabelAreSeen()
    {
        using var scope = NewDisposeScope();
        // Eleven items near 0 and eleven near 100: all ten neighbours share the label; at random 2·11·10/(22·21) = .476190.
        var rows = cat([arange(11), arange(11).add(100)]).to_type(ScalarType.Float32).unsqueeze(1);
        var plane = ItemPlane.Of(rows, Items([.. Enumerable.Repeat("a", 11), .. Enumerable.Repeat("b", 11)]))!;
        Assert.Equal([new Neighbourhood("genre", 1, .47619, 22)], plane.Neighbourhoods);
        Assert.All(plane.Y, y => Assert.Equal(0, y));
    }

    [Fact]
    public void VectorsThatDoNotDifferMakeNoPicture()
    {
        using var scope = NewDisposeScope();
        Assert.Null(ItemPlane.Of(ones(4, 2), Items("a", "a", "b", "b")));
        Assert.Null(ItemPlane.Of(full([4, 2], float.NaN), Items("a", "a", "b", "b")));
    }

    [Fact]
    public void YearsCountByDecade() =>
        Assert.Equal(["1990s", "2000s", null], new[] { "1999", "2000", "" }.Select(year =>
            Neighbourhood.GroupOf(new InsightItem(0, 0, null, null, new Dictionary<string, string> { ["year"] = year }), "year")));

    private static InsightItem[] Items(params string[] genres) =>
        [.. genres.Select((genre, id) => new InsightItem(id, id, .5, null, new Dictionary<string, string> { ["genre"] = genre }))];
}
