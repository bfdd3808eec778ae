using RecDeepRL.Core;
using RecDeepRL.Experiments.OffPolicy;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Experiments.OffPolicy;

public sealed class RewardModelTests
{
    [Fact]
    public void AnItemsMeanIsShrunkTowardsThatOfAllItems()
    {
        // Item 0: 8 of 10, item 1: 2 of 10, all: .5; ten showings at .5 make (8 + 5)/20 = .65 and (2 + 5)/20 = .35; item 2 was never shown: .5.
        using var scope = NewDisposeScope();
        var rows = Rows(slots: 1, items: 3, [.. Shown(0, 10, 8), .. Shown(1, 10, 2)]);

        var expected = new ItemMeanRewards(rows, Enumerable.Range(0, 20)).Predict([5, 0]);

        Assert.Equal([2L, 1, 3], expected.shape);
        AssertClose([.65, .35, .5, .65, .35, .5], expected);
    }

    [Fact]
    public void ASlotsMeanIsShrunkTowardsTheItemsOwn()
    {
        // Ten slates (0, 1), both answered, and ten slates (1, 0), neither. All: .5; each item 10 of 20, .5 again, shrunk .5;
        // item 0 in slot 0: (10 + 5)/20 = .75, in slot 1: (0 + 5)/20 = .25; item 1 in slot 0 .25, in slot 1 .75.
        using var scope = NewDisposeScope();
        var rows = Rows(slots: 2, items: 2, [.. Enumerable.Range(0, 10).SelectMany(_ => new[] { (0L, 1f), (1L, 1f) }), .. Enumerable.Range(0, 10).SelectMany(_ => new[] { (1L, 0f), (0L, 0f) })]);

        AssertClose([.75, .25, .25, .75], new ItemMeanRewards(rows, Enumerable.Range(0, 20)).Predict([0]));
    }

    [Fact]
    public void ALogisticModelLearnsWhichUsersLikeWhichItem()
    {
        // Users of feature 1 answer item 0 in 8 of 10 cases and item 1 in 2 of 10, users of feature −1 the other way round: 400 users of each kind and item. Two items and
        // two kinds are four parameters of four frequencies, which the likelihood meets exactly; the penalty of 1 on logits of 1.39 moves a logit by about
        // 1.39/(1600·.16) = .005, a probability by .001. Float32 and the optimiser's tolerance of 1e-7 allow for ten times that.
        using var scope = NewDisposeScope();
        var users = Enumerable.Range(0, 1600).ToArray();
        using var population = new Population(
            [.. users.Select(user => (long)user)], [0, 1], tensor(users.Select(user => user % 2 == 0 ? 1f : -1f).ToArray(), [1600, 1]));
        var rows = Rows(slots: 1, items: 2, [.. users.Select(user => ((long)(user / 2 % 2), (user / 4 % 10) < (user % 2 == user / 2 % 2 ? 8 : 2) ? 1f : 0f))]);

        var expected = LogisticRewards.Fit(rows, users, population, seed: 1).Predict([0, 1]);

        AssertClose([.8, .2, .2, .8], expected, tolerance: .01);
    }

    [Fact]
    public void ALogisticModelKnowsSlots()
    {
        // Item 0 in slot 0 and item 1 in slot 1 is all that is shown; slot 0 is answered in 9 of 10 slates, slot 1 in 1 of 10.
        using var scope = NewDisposeScope();
        using var population = new Population([.. Enumerable.Range(0, 500).Select(user => (long)user)], [0, 1]);
        var rows = Rows(slots: 2, items: 2, [.. Enumerable.Range(0, 500).SelectMany(slate => new[] { (0L, slate % 10 < 9 ? 1f : 0f), (1L, slate % 10 < 1 ? 1f : 0f) })]);

        var expected = LogisticRewards.Fit(rows, [.. Enumerable.Range(0, 500)], population, seed: 1).Predict([3]).data<double>().ToArray();

        Assert.Equal(.9, expected[0], .02);
        Assert.Equal(.1, expected[3], .02);
        // Item and slot share the credit alike, so what was never shown lies between.
        Assert.InRange(expected[1], .3, .7);
    }

    [Fact]
    public void ALogisticModelRefusesResponsesThatAreNoClicks()
    {
        using var population = new Population([0, 1], [0]);
        var mistake = Assert.Throws<UserMistakeException>(() => LogisticRewards.Fit(Rows(1, 1, [(0L, 1f), (0L, 2.5f)]), [0, 1], population, 1));
        Assert.Contains("2.5", mistake.Message, StringComparison.Ordinal);
        Assert.Contains("item-mean", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatAUserAnsweredChangesNothingOfWhatIsExpectedOfThatUser()
    {
        using var scope = NewDisposeScope();
        using var population = new Population([.. Enumerable.Range(0, 20).Select(user => (long)user)], [0, 1]);
        CrossFittedRewards With(float answer) => new(Rows(1, 2, [.. Enumerable.Range(0, 20).Select(user => ((long)user % 2, user == 7 ? answer : user % 3 == 0 ? 1f : 0f))]), RewardModelKind.ItemMean, population, seed: 3);

        var users = Enumerable.Range(0, 20).ToArray();
        var (first, second) = (With(0).Predict(users), With(1).Predict(users));

        var differs = first.ne(second).flatten(1).any(1).data<bool>().ToArray();
        Assert.False(differs[7]);
        // 20 users in five folds of four: the 16 users of other folds learn from user 7.
        Assert.Equal(16, differs.Count(one => one));
    }

    [Fact]
    public void OneUserIsTooFew()
    {
        using var population = new Population([0], [0]);
        var rows = new LoggedRows(1, 1);
        using var round = new PlayedRound(tensor(new long[] { 0 }), tensor(new long[] { 0 }, [1, 1]), tensor(new[] { 1f }, [1, 1]));
        rows.Add(round, PropensitySource.Estimated, 0);

        Assert.Contains("1 user", Assert.Throws<UserMistakeException>(() => new CrossFittedRewards(rows, RewardModelKind.ItemMean, population, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FrequenciesOfARoundStandForPropensities()
    {
        // Slot 0 shows item 0 to three of four users and item 1 to one; slot 1 shows item 2 to all.
        var rows = new LoggedRows(2, 3);
        using var round = new PlayedRound(arange(4, ScalarType.Int64), tensor(new long[] { 0, 2, 0, 2, 1, 2, 0, 2 }, [4, 2]), zeros([4, 2]));
        rows.Add(round, PropensitySource.Estimated, 0);

        Assert.Equal([.75, 1, .75, 1, .25, 1, .75, 1], rows.Propensities);
    }

    [Theory]
    [InlineData(float.NaN, "--propensity estimated")]
    [InlineData(0f, "damaged")]
    [InlineData(1.5f, "damaged")]
    public void APropensityThatIsNoneIsRefused(float propensity, string word)
    {
        using var round = new PlayedRound(arange(1, ScalarType.Int64), zeros([1, 1], ScalarType.Int64), zeros([1, 1])) { Propensity = full([1, 1], propensity) };

        var mistake = Assert.Throws<UserMistakeException>(() => new LoggedRows(1, 1).Add(round, PropensitySource.Logged, 12));

        Assert.Contains(word, mistake.Message, StringComparison.Ordinal);
        Assert.Contains("iteration 12", mistake.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<(long Item, float Response)> Shown(long item, int times, int responses) => Enumerable.Range(0, times).Select(index => (item, index < responses ? 1f : 0f));

    /// <summary>Rows of slates of users 0, 1, 2, …</summary>
    private static LoggedRows Rows(int slots, int items, (long Item, float Response)[] shown)
    {
        var rows = new LoggedRows(slots, items);
        var users = shown.Length / slots;
        using var round = new PlayedRound(
            arange(users, ScalarType.Int64), tensor(shown.Select(one => one.Item).ToArray(), [users, slots]), tensor(shown.Select(one => one.Response).ToArray(), [users, slots]));
        rows.Add(round, PropensitySource.Estimated, 0);
        return rows;
    }

    private static void AssertClose(double[] expected, Tensor actual, double tolerance = 1e-12) =>
        Assert.All(expected.Zip(actual.contiguous().data<double>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, tolerance));
}
