using RecDeepRL.Experiments.Insight;

namespace RecDeepRL.Tests.Experiments.Insight;

public sealed class UserSegmentsTests
{
    [Fact]
    public void FewValuesAreCategories()
    {
        var (segments, names) = UserSegments.Divide("female", [0, 1, 1, 0]);
        Assert.Equal([0, 1, 1, 0], segments);
        Assert.Equal(["female = 0", "female = 1"], names);
    }

    [Fact]
    public void ManyValuesAreQuartiles()
    {
        var (segments, names) = UserSegments.Divide("age", [8, 7, 6, 5, 4, 3, 2, 1]);
        Assert.Equal([3, 3, 2, 2, 1, 1, 0, 0], segments);
        Assert.Equal(["age 1 to 2", "age 3 to 4", "age 5 to 6", "age 7 to 8"], names);
    }

    [Fact]
    public void EqualValuesAreNeverTornApart()
    {
        // Twelve values, seven of them 0: quartiles begin at places 0, 3, 6 and 9, of the values 0, 0, 0 and 3.
        var (segments, names) = UserSegments.Divide("x", [0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5]);
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1], segments);
        Assert.Equal(["x 0 to 2", "x 3 to 5"], names);
    }
}
