using RecDeepRL.Core;
using RecDeepRL.Data.Files;
using RecDeepRL.Simulation.Learning;

namespace RecDeepRL.Tests.Simulation.Learning;

public sealed class KnownFeaturesTests
{
    [Fact]
    public void NumbersAreScaledAndCategoriesGetAColumnEach()
    {
        var table = new DataTable(
        [
            new IntegerColumn("user_idx", [9, 4, 6]), new IntegerColumn("age", [10, 30, 20]), new IntegerColumn("occupation", [7, 2, 7]),
            new TextColumn("gender", ["F", "M", "M"]), new NumberColumn("constant", [1, 1, 1]), new TextColumn("title", ["a", "b", "c"]),
        ]);

        var known = KnownFeatures.Of(table, "user", [4, 6, 9], ["occupation"]);

        Assert.Equal(["age", "occupation=2", "occupation=7", "gender=F", "gender=M"], known.Names);
        Assert.Equal([[1, .5, 0], [1, 0, 0], [0, 1, 1], [0, 0, 1], [1, 1, 0]], known.Columns);
    }

    [Fact]
    public void AUserWithoutARowIsRefused() =>
        Assert.Contains("no row for user 5", Assert.Throws<UserMistakeException>(() => KnownFeatures.Of(new DataTable([new IntegerColumn("user_idx", [4])]), "user", [4, 5], [])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(64, 64)]
    [InlineData(65, 0)]
    public void ATextThatIsDifferentForNearlyEverybodyIsLeftOut(int users, int expected)
    {
        long[] keys = [.. Enumerable.Range(0, users)];
        var table = new DataTable([new IntegerColumn("user_idx", keys), new TextColumn("zip", Array.ConvertAll(keys, key => $"z{key}"))]);

        Assert.Equal(expected, KnownFeatures.Of(table, "user", keys, []).Names.Length);
    }

    [Fact]
    public void ComponentsOfTwoEqualColumnsAreOneLine()
    {
        // Centred columns (−½, ½) twice: the first axis is (1, 1)/√2, and the rows lie at ∓1/√2 on it.
        var components = new KnownFeatures(["a", "b"], [[0, 1], [0, 1]]).PrincipalComponents(3, 2);

        Assert.Equal([-Math.Sqrt(.5), Math.Sqrt(.5)], components[0].Select(value => Math.Round(value, 12)), (expected, actual) => Math.Abs(expected - actual) < 1e-9);
        Assert.All(components[1].Concat(components[2]), value => Assert.Equal(0, value, 1e-9));
    }

    [Fact]
    public void ComponentsAreCentredUncorrelatedAndKeepTheSpread()
    {
        var log = new GeneratedLog(1, 300, 40, 3000);
        var keys = ((IntegerColumn)log.Dataset.Users!.Find("user_idx")!).Values;
        var known = KnownFeatures.Of(log.Dataset.Users, "user", keys, ["age", "occupation"]);

        var components = known.PrincipalComponents(known.Names.Length, keys.Length);

        Assert.All(components, component => Assert.Equal(0, component.Average(), 1e-9));
        var spreads = components.Select(component => component.Sum(value => value * value)).ToArray();
        Assert.Equal(spreads.OrderDescending(), spreads);
        Assert.Equal(known.Columns.Sum(column => column.Sum(value => Math.Pow(value - column.Average(), 2))), spreads.Sum(), 1e-6);
        for (var first = 0; first < components.Length; first++)
            for (var second = 0; second < first; second++)
                Assert.Equal(0, components[first].Zip(components[second], (a, b) => a * b).Sum(), 1e-7);
    }

    [Fact]
    public void ASharesOfATrainingPairKnowNothingOfItsFold()
    {
        // Ids 0 0 0 1, outcomes + + − −, folds 0 1 1 0. Overall 2/4. Of id 0: (2 + 10·½)/(3 + 10) = 7/13; without fold 0: (1 + 5)/(2 + 10) = 6/12.
        var shares = new ResponseShares([0, 0, 0, 1], [true, true, false, false], [0, 1, 2, 3], 3, [0, 1, 1, 0]);

        Assert.Equal(7.0 / 13, shares.Of(0), 1e-12);
        Assert.Equal(.5, shares.Without(0, 0), 1e-12);
        Assert.Equal(6.0 / 11, shares.Without(0, 1), 1e-12); // (1 + 5)/(1 + 10)
        Assert.Equal(5.0 / 11, shares.Of(1), 1e-12);
        Assert.Equal(.5, shares.Of(2), 1e-12);
    }
}
