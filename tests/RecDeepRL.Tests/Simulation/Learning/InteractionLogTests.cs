using RecDeepRL.Core;
using RecDeepRL.Data.Datasets;
using RecDeepRL.Data.Files;
using RecDeepRL.Simulation.Learning;

namespace RecDeepRL.Tests.Simulation.Learning;

public sealed class InteractionLogTests
{
    [Fact]
    public void KeysBecomeDenseIdsAndPairsAreOrdered()
    {
        var log = Log([30, 10, 30], [7, 9, 5], [4, 2, 5]);

        Assert.Equal([10, 30], log.UserKeys);
        Assert.Equal([5, 7, 9], log.ItemKeys);
        Assert.Equal([(0, 2, 2.0, false), (1, 0, 5, true), (1, 1, 4, true)], Enumerable.Range(0, 3).Select(pair => (log.Users[pair], log.Items[pair], log.Responses[pair], log.Positives[pair])));
        Assert.True(log.Holds(1, 1));
        Assert.False(log.Holds(0, 1));
    }

    [Theory]
    [InlineData(RepeatedPairs.Mean, 3)]
    [InlineData(RepeatedPairs.Sum, 6)]
    [InlineData(RepeatedPairs.Greatest, 5)]
    public void APairThatOccursTwiceCountsOnce(RepeatedPairs repeated, double expected)
    {
        var log = Log([1, 2, 1], [1, 1, 1], [5, 1, 1], new BoostingOptions { Repeated = repeated, Threshold = 2 });

        Assert.Equal([expected, 1], log.Responses);
    }

    [Fact]
    public void TheThresholdSuggestsItselfForRatingsAndShares()
    {
        Assert.Equal(4, Log([1, 2], [1, 1], [3.5, 5]).Threshold);
        Assert.Equal(.5, Log([1, 2], [1, 1], [0, 1]).Threshold);
        Assert.Equal(2.5, Log([1, 2], [1, 1], [1, 3], new BoostingOptions { Threshold = 2.5 }).Threshold);
        Refused(["go from 0 to 7.2", "--set threshold=N"], [0, 7.2]);
        Refused(["go from 1 to 4.25"], [1, 4.25]);
    }

    [Fact]
    public void ALogThatIsAllAlikeIsRefused()
    {
        Refused(["threshold 4", "none of the 2 pairs", "from 1 to 3"], [1, 3]);
        Refused(["threshold 4", "each of the 2 pairs"], [4, 5]);
    }

    [Fact]
    public void ADatasetWithoutResponsesIsRefused() =>
        Assert.Contains("column 'response'", Assert.Throws<UserMistakeException>(() => InteractionLog.Of(
            new Dataset { Name = "x", Interactions = new DataTable([new IntegerColumn("user_idx", [1]), new IntegerColumn("item_idx", [1])]) }, new BoostingOptions())).Message, StringComparison.Ordinal);

    [Fact]
    public void EveryUserIsSplitApart()
    {
        // 3 users with 25, 10 and 4 pairs: tests of 2, 1 and 0, calibrations of 5, 2 and 0 (a fifth).
        var users = Enumerable.Repeat(1L, 25).Concat(Enumerable.Repeat(2L, 10)).Concat(Enumerable.Repeat(3L, 4)).ToArray();
        var items = Enumerable.Range(0, 25).Concat(Enumerable.Range(0, 10)).Concat(Enumerable.Range(0, 4)).Select(item => (long)item).ToArray();
        var options = new BoostingOptions { CalibrationShare = .2 };
        var log = Log(users, items, [.. items.Select((_, row) => (double)(row % 2))], options);
        var seed = Enumerable.Range(0, 100).First(seed => Splits(seed) is not null); // The first whose small parts hold both kinds.

        var split = Splits(seed)!;

        Assert.Equal([2, 1], Counts(split.Test));
        Assert.Equal([5, 2], Counts(split.Calibration));
        Assert.Equal(Enumerable.Range(0, 39), split.Test.Concat(split.Calibration).Concat(split.Training).Order());
        Assert.NotEqual(split.Test, Enumerable.Range(seed + 1, 100).Select(Splits).First(one => one is not null)!.Test);
        Assert.Empty(InteractionSplit.Of(log, options, withCalibration: false, seed).Calibration);

        InteractionSplit? Splits(int one)
        {
            try
            {
                return InteractionSplit.Of(log, options, withCalibration: true, one);
            }
            catch (UserMistakeException)
            {
                return null;
            }
        }

        IEnumerable<int> Counts(int[] part) => part.GroupBy(pair => log.Users[pair]).OrderBy(group => group.Key).Select(group => group.Count());
    }

    [Fact]
    public void TheSplitDoesNotDependOnTheOrderOfTheRows()
    {
        var log = new GeneratedLog(1, 50, 40, 600);
        var rows = Enumerable.Range(0, log.Dataset.Interactions.RowCount).Reverse().ToArray();

        var first = InteractionSplit.Of(InteractionLog.Of(log.Dataset, new BoostingOptions()), new BoostingOptions(), true, 1);
        var second = InteractionSplit.Of(InteractionLog.Of(log.Dataset with { Interactions = log.Dataset.Interactions.Take(rows) }, new BoostingOptions()), new BoostingOptions(), true, 1);

        Assert.Equal(first.Test, second.Test);
        Assert.Equal(first.Calibration, second.Calibration);
    }

    [Fact]
    public void ALogTooSmallForATestIsRefused()
    {
        var message = Assert.Throws<UserMistakeException>(() => InteractionSplit.Of(Log([1, 1, 2], [1, 2, 1], [0, 1, 1]), new BoostingOptions(), false, 1)).Message;

        Assert.Contains("Of the 3 pairs of 2 users 0 are for the test", message, StringComparison.Ordinal);
        Assert.Contains("testShare=0.1", message, StringComparison.Ordinal);
    }

    [Fact]
    public void NegativesAreDrawnFromWhatTheLogDoesNotHold()
    {
        var log = InteractionLog.Of(new GeneratedLog(2, 60, 40, 900).Dataset, new FactorisationOptions());
        int[] positives = [.. Enumerable.Range(0, log.Count).Where(pair => log.Positives[pair])];
        int[] among = [.. Enumerable.Range(0, 40).Where(item => item % 2 == 0)];

        var (users, items) = UnobservedPairs.Draw(log, positives, among, 3, 1);

        Assert.Equal(3 * positives.Length, users.Length);
        Assert.Equal(positives.SelectMany(pair => Enumerable.Repeat(log.Users[pair], 3)), users);
        Assert.All(users.Zip(items), pair => Assert.False(log.Holds(pair.First, pair.Second)));
        Assert.All(items, item => Assert.Equal(0, item % 2));
        var free = among.Where(item => !log.Holds(users[0], item)).ToArray();
        Chance.AssertUniform([.. free.Select(item => (long)UnobservedPairs.Draw(log, [.. Enumerable.Repeat(positives[0], 1)], among, 2000, 3).Items.Count(drawn => drawn == item))]);
    }

    private static InteractionLog Log(long[] users, long[] items, double[] responses, LearningOptions? options = null) => InteractionLog.Of(
        new Dataset { Name = "toy", Interactions = new DataTable([new IntegerColumn("user_idx", users), new IntegerColumn("item_idx", items), new NumberColumn("response", responses)]) },
        options ?? new BoostingOptions());

    private static void Refused(string[] texts, double[] responses)
    {
        var message = Assert.Throws<UserMistakeException>(() => Log([1, 2], [1, 1], responses)).Message;
        Assert.All(texts, text => Assert.Contains(text, message, StringComparison.Ordinal));
    }
}
