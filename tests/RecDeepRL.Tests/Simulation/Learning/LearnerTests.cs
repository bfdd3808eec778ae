using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Data;
using RecDeepRL.Data.Datasets;
using RecDeepRL.Data.Files;
using RecDeepRL.Simulation;
using RecDeepRL.Simulation.Learning;
using RecDeepRL.Tests.Experiments;

namespace RecDeepRL.Tests.Simulation.Learning;

public sealed class LearnerTests
{
    private const long Seed = 1;
    private static readonly GeneratedLog s_log = new(1, 800, 200, 40_000);

    [Fact]
    public void TreesFindMostOfWhatThereIsToKnow()
    {
        var options = new BoostingOptions { Trees = 100 };

        var found = Fit(s_log.Dataset, options).Report.Uncalibrated;

        var truth = HeldOutTruth.OfBoosting(s_log, options, Seed);
        // Of what the truth knows, a part hangs on four hidden factors that no feature shows: more than half of the way from guessing to the truth is asked for.
        Assert.InRange(found.Auc, .5 + (.5 * (truth.Auc - .5)), truth.Auc);
        Assert.InRange(found.LogLoss, truth.LogLoss, Math.Log(2));
    }

    [Fact]
    public void SharesOfPositivesTellTreesWhatFeaturesDoNot()
    {
        // Items differ by .8 standard deviations of log-odds for everybody, and nothing is known about them.
        var unknown = s_log.Dataset with { Items = null };
        var with = Fit(unknown, new BoostingOptions { Trees = 50 }).Report;
        var without = Fit(unknown, new BoostingOptions { Trees = 50, Shares = false }).Report;

        Assert.Equal(with.Features.Count - 2, without.Features.Count);
        Assert.True(with.Uncalibrated.Auc > without.Uncalibrated.Auc + .05, $"{with.Uncalibrated.Auc} with and {without.Uncalibrated.Auc} without");
    }

    [Fact]
    public void FactorsFindMoreThanPopularity()
    {
        var options = new FactorisationOptions { Rank = 8 };

        var found = Fit(s_log.Dataset, options).Report;

        var (best, popularity) = HeldOutTruth.AreasOfFactorisation(s_log.Dataset, s_log.LikedToUnobserved, options, Seed);
        Assert.InRange(found.Calibrated!.Auc, popularity + (.2 * (best - popularity)), best);
        Assert.True(found.Objective[^1] < found.Objective[0]);
    }

    [Theory]
    [InlineData(CalibrationKind.Platt)]
    [InlineData(CalibrationKind.Isotonic)]
    public void CalibratedFactorsForetellWhatComes(CalibrationKind kind)
    {
        var options = new FactorisationOptions { Rank = 8, Calibration = kind, Negatives = 9 };

        var report = Fit(s_log.Dataset, options).Report;

        // One pair in ten is positive, which the scores of a factorisation cannot know: that must show before.
        Assert.InRange(report.Uncalibrated.CalibrationError, .1, 1);
        // A bin holds a fifteenth of the test's pairs: standard deviation at most .5/√(pairs/15) for the test, and as much for the fit.
        Assert.InRange(report.Calibrated!.CalibrationError, 0, 4 * .5 / Math.Sqrt(report.TestPairs / 15.0));
        Assert.True(report.Calibrated.LogLoss < report.Uncalibrated.LogLoss);
    }

    [Fact]
    public void TheEnvironmentContextReadsWhatTreesWrote()
    {
        using var folder = new TemporaryFolder();
        var learned = Fit(s_log.Dataset, new BoostingOptions { Trees = 20, Users = 150, Items = 12, Calibration = CalibrationKind.Platt });
        learned.Write(folder.Path);

        using var environment = EnvironmentRegistry.Find("context").Create(new EnvironmentContext(1, TorchSharp.torch.CPU, folder.Path));

        Assert.Equal((150, 12, 4, 4), (environment.Spec.UserCount, environment.Spec.ItemCount, environment.Spec.UserFeatureCount, environment.Spec.ItemFeatureCount));
        AssertSame(learned, "context_items_relevance", environment, 150, 12);
        Assert.Equal("Film", environment.Population.ItemTitles[0][..4]);
        var counts = ((IntegerColumn)s_log.Dataset.Interactions.Find("item_idx")!).Values.CountBy(key => key).OrderByDescending(one => one.Value).Take(12).Select(one => one.Key).Order();
        Assert.Equal(counts, environment.Population.ItemKeys);
    }

    [Fact]
    public void TheEnvironmentPersonalReadsWhatAFactorisationWrote()
    {
        using var folder = new TemporaryFolder();
        var learned = Fit(s_log.Dataset, new FactorisationOptions { Rank = 4, Iterations = 2, Items = 60 });
        learned.Write(folder.Path);
        var registration = EnvironmentRegistry.Find("personal");
        var options = OptionsBinder.Bind(registration.OptionsType, [KeyValuePair.Create("features", "true")]);

        using var environment = registration.Create(new EnvironmentContext(1, TorchSharp.torch.CPU, folder.Path), options);

        Assert.Equal((800, 60), (environment.Spec.UserCount, environment.Spec.ItemCount));
        Assert.Equal("female", environment.Population.UserFeatureNames[0]);
        Assert.Contains("G3", environment.Population.ItemFeatureNames);
        AssertSame(learned, "als_response_df_1000_items", environment, 800, 60);
    }

    [Fact]
    public void ASeedGivesTheSameTablesWithAnyNumberOfThreads()
    {
        var options = new BoostingOptions { Trees = 20, Users = 100 };

        var first = Column(Fit(s_log.Dataset, options, threads: 1), "context_items_relevance", "popularity");

        Assert.Equal(first, Column(Fit(s_log.Dataset, options, threads: 2), "context_items_relevance", "popularity"));
        Assert.NotEqual(first, Column(Fit(s_log.Dataset, options, seed: 2), "context_items_relevance", "popularity"));
        var factors = new FactorisationOptions { Rank = 4, Iterations = 2 };
        Assert.Equal(
            Column(Fit(s_log.Dataset, factors), "als_response_df_1000_items", "popularity"), Column(Fit(s_log.Dataset, factors), "als_response_df_1000_items", "popularity"));
    }

    [Fact]
    public void ADatasetWithoutFeaturesIsLearnedFromSharesOrRefused()
    {
        var bare = s_log.Dataset with { Users = null, Items = null };

        var learned = Fit(bare, new BoostingOptions { Trees = 5, Users = 20 });

        Assert.Equal(2, learned.Report.Features.Count);
        Assert.DoesNotContain(learned.Tables, table => table.Path.EndsWith(".csv", StringComparison.Ordinal));
        Assert.All(Column(learned, "users_context", "user_feature_3"), value => Assert.Equal(0, value));
        Assert.Contains("shares=true", Assert.Throws<UserMistakeException>(() => Fit(bare, new BoostingOptions { Shares = false })).Message, StringComparison.Ordinal);
        Assert.Equal(
            ["als_response_df_1000_items.parquet", "items.parquet", "users.parquet"],
            Fit(bare, new FactorisationOptions { Rank = 2, Iterations = 1 }).Tables.Select(table => Path.GetFileName(table.Path)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void AStrengthOfZeroIsRefused() => Assert.Contains(
        "strength was response", Assert.Throws<UserMistakeException>(() => Fit(
            s_log.Dataset with { Interactions = new DataTable([.. s_log.Dataset.Interactions.Columns.Take(2), new IntegerColumn("response", [.. Enumerable.Range(0, s_log.Dataset.Interactions.RowCount).Select(row => (row % 3L) - 1)])]) },
            new FactorisationOptions { Strength = PreferenceStrength.Response, Threshold = 0 })).Message, StringComparison.Ordinal);

    [Fact]
    public void AnUnknownModelIsRefusedWithTheNearestOne() =>
        Assert.Equal("Unknown response model 'bosting'. Did you mean 'boosting'? Models are boosting and factorisation.", Assert.Throws<UserMistakeException>(() => ResponseLearners.Find("bosting")).Message);

    [SkippableFact]
    public void TreesLearnTheOriginalTableFromResponsesDrawnFromIt()
    {
        var original = new OriginalFolder(OriginalData.Require()).ReadContext();
        var table = original.Responses;
        var draws = new RandomStream(7, "test");
        var pairs = Enumerable.Range(0, table.Probabilities.Length).ToArray();
        var items = table.ItemKeys.Length;
        var dataset = new Dataset
        {
            Name = "original",
            Interactions = new DataTable(
            [
                new IntegerColumn("user_idx", Array.ConvertAll(pairs, pair => table.UserKeys[pair / items])), new IntegerColumn("item_idx", Array.ConvertAll(pairs, pair => table.ItemKeys[pair % items])),
                new IntegerColumn("response", Array.ConvertAll(pairs, pair => draws.Uniform(0, pair) < table.Probabilities[pair] ? 1L : 0)),
            ]),
            Users = Known("user_idx", table.UserKeys, original.Users),
            Items = Known("item_idx", table.ItemKeys, original.Items),
        };
        var options = new BoostingOptions { Trees = 60 };

        var found = Fit(dataset, options).Report.Uncalibrated;

        var log = InteractionLog.Of(dataset, options);
        var test = InteractionSplit.Of(log, options, false, Seed).Test;
        var truth = ProbabilityQuality.Of(Array.ConvertAll(test, pair => (double)table.Probabilities[(log.Users[pair] * items) + log.Items[pair]]), Array.ConvertAll(test, pair => log.Positives[pair]));
        // Users with the same features differ in the table, so the truth stays ahead; most of the way is in the features and the items.
        Assert.InRange(found.Auc, .5 + (.75 * (truth.Auc - .5)), truth.Auc);
        Assert.InRange(found.LogLoss, truth.LogLoss, Math.Log(2));

        static DataTable Known(string key, long[] keys, FeatureTable features) => new(
        [
            new IntegerColumn(key, keys),
            .. features.Names.Select((name, column) => new NumberColumn(name, [.. keys.Select((_, row) => (double)features.Values[(row * features.Names.Length) + column])])),
        ]);
    }

    private static LearnedResponses Fit(Dataset dataset, LearningOptions options, long seed = Seed, int threads = 1) =>
        ResponseLearners.All.Single(one => one.OptionsType == options.GetType()).Create(new LearningContext(dataset, seed, threads, _ => { }), options).Fit();

    private static double[] Column(LearnedResponses learned, string table, string column) =>
        ((NumberColumn)learned.Tables.Single(one => one.Path.Contains(table, StringComparison.Ordinal)).Table.Find(column)!).Values;

    private static void AssertSame(LearnedResponses learned, string table, IEnvironment environment, int users, int items)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        var expected = ((ITruth)environment).ExpectedResponses(TorchSharp.torch.arange(users), 0);
        Assert.Equal([users, items], expected.shape);
        Assert.Equal(Column(learned, table, "popularity").Select(value => (float)value), expected.data<float>().ToArray());
    }
}
