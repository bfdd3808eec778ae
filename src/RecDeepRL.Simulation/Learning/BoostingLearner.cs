using System.Diagnostics;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Data.Files;

namespace RecDeepRL.Simulation.Learning;

/// <summary>Probabilities from what is known about user and item, by gradient-boosted trees on the observed pairs: tables for the environment <c>context</c>.</summary>
internal sealed class BoostingLearner(LearningContext context, BoostingOptions options) : IResponseLearner
{
    /// <summary>The layout of the tables has room for exactly four features.</summary>
    private const int WrittenFeatures = 4;

    public LearnedResponses Fit()
    {
        var watch = Stopwatch.StartNew();
        var log = InteractionLog.Of(context.Dataset, options);
        var split = InteractionSplit.Of(log, options, options.Calibration is not null, context.Seed);
        var categories = options.Categories.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var knownUsers = KnownFeatures.Of(context.Dataset.Users, "user", log.UserKeys, categories);
        var knownItems = KnownFeatures.Of(context.Dataset.Items, "item", log.ItemKeys, categories);
        var rows = new PairFeatures(log, split, knownUsers, knownItems, options, context.Seed);
        if (rows.Names.Length == 0)
            throw new UserMistakeException($"'{context.Dataset.Name}' knows nothing about its users and items that trees could learn from. Use the model 'factorisation', or --set shares=true.");

        context.Progress($"{options.Trees} trees on {split.Training.Length} pairs with {rows.Names.Length} features");
        var trees = new GradientBoostedTrees(
            split.Training.Select(pair => (rows.OfTraining(pair), log.Positives[pair])), rows.Names.Length, options, RandomStream.DeriveSeed(context.Seed, "response:trees"), context.Threads);
        var calibration = Calibrations.Fit(
            options.Calibration, PlattCalibration.Logistic, Scores(split.Calibration), Outcomes(split.Calibration));
        var (testScores, testOutcomes) = (Scores(split.Test), Outcomes(split.Test));
        var tables = Tables(log, trees, rows, calibration, knownUsers, knownItems);

        return new LearnedResponses(
            new LearnedReport
            {
                Model = ResponseLearners.Boosting,
                Environment = "context",
                Dataset = context.Dataset.Name,
                Seed = context.Seed,
                Options = new Dictionary<string, string>(OptionsBinder.ToTexts(options)),
                Users = log.UserKeys.Length,
                Items = log.ItemKeys.Length,
                Pairs = log.Count,
                Positives = log.Positives.Count(positive => positive),
                Threshold = log.Threshold,
                Negatives = "observed pairs below the threshold",
                Features = rows.Names,
                TrainingPairs = split.Training.Length,
                CalibrationPairs = split.Calibration.Length,
                TestPairs = split.Test.Length,
                Uncalibrated = ProbabilityQuality.Of(PlattCalibration.Logistic.Apply(testScores), testOutcomes),
                Calibrated = options.Calibration is null ? null : ProbabilityQuality.Of(calibration.Apply(testScores), testOutcomes),
                Seconds = watch.Elapsed.TotalSeconds,
            },
            tables);

        double[] Scores(int[] pairs) => trees.LogOdds(pairs.Select(pair => rows.Of(log.Users[pair], log.Items[pair])));

        bool[] Outcomes(int[] pairs) => Array.ConvertAll(pairs, pair => log.Positives[pair]);
    }

    private List<(string Path, DataTable Table)> Tables(
        InteractionLog log, GradientBoostedTrees trees, PairFeatures rows, ICalibration calibration, KnownFeatures knownUsers, KnownFeatures knownItems)
    {
        var stream = new RandomStream(context.Seed, "response:users");
        int[] users = [.. Enumerable.Range(0, log.UserKeys.Length).OrderBy(user => stream.Bits(0, user)).Take(options.Users).Order()];
        var items = log.MostFrequentItems(options.Items);
        if ((long)users.Length * items.Length > Data.ResponseTable.MostPairs)
            throw new UserMistakeException($"users was {users.Length} and items was {items.Length}, {(long)users.Length * items.Length} pairs; a table holds at most {Data.ResponseTable.MostPairs}. Ask for fewer users or items.");
        context.Progress($"probabilities of {users.Length} users and {items.Length} items");
        var probabilities = calibration.Apply(trees.LogOdds(users.SelectMany(user => items.Select(item => rows.Of(user, item)))));
        var tables = new List<(string, DataTable)>
        {
            ($"{LearnedResponses.TableFolder}/users_context.parquet", Features("user", log.UserKeys, users, knownUsers.PrincipalComponents(WrittenFeatures, log.UserKeys.Length))),
            ($"{LearnedResponses.TableFolder}/items_context.parquet", Features("item", log.ItemKeys, items, knownItems.PrincipalComponents(WrittenFeatures, log.ItemKeys.Length))),
            ($"{LearnedResponses.TableFolder}/context_items_relevance.parquet", LearnedTables.Probabilities(log, users, items, probabilities)),
            (LearnedResponses.UsersName, LearnedTables.Known("user", context.Dataset.Users, Array.ConvertAll(users, user => log.UserKeys[user]))),
            (LearnedResponses.ItemsName, LearnedTables.Known("item", context.Dataset.Items, Array.ConvertAll(items, item => log.ItemKeys[item]))),
        };
        if (LearnedTables.Titles(context.Dataset.Items, log, items) is { } titles)
            tables.Add(($"{LearnedResponses.TableFolder}/items_context_titles.csv", titles));
        return tables;
    }

    private static DataTable Features(string kind, long[] keys, int[] ids, double[][] components) => new(
    [
        new IntegerColumn(kind + "_idx", Array.ConvertAll(ids, id => keys[id])),
        .. components.Select((component, index) => new NumberColumn($"{kind}_feature_{index}", Array.ConvertAll(ids, id => component[id]))),
    ]);
}
