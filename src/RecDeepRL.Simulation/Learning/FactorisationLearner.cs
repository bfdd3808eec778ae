using System.Diagnostics;
using System.Globalization;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Data.Files;

namespace RecDeepRL.Simulation.Learning;

/// <summary>Probabilities from who chose what, by implicit-feedback matrix factorisation: a table of all users for the environment <c>personal</c>.</summary>
internal sealed class FactorisationLearner(LearningContext context, FactorisationOptions options) : IResponseLearner
{
    public LearnedResponses Fit()
    {
        var watch = Stopwatch.StartNew();
        var log = InteractionLog.Of(context.Dataset, options);
        var split = InteractionSplit.Of(log, options, options.Calibration is not null, context.Seed);
        var items = log.MostFrequentItems(options.Items);
        if ((long)log.UserKeys.Length * items.Length > Data.ResponseTable.MostPairs)
            throw new UserMistakeException($"items was {options.Items}: with {log.UserKeys.Length} users that makes {(long)log.UserKeys.Length * items.Length} pairs; a table holds at most {Data.ResponseTable.MostPairs}. Ask for fewer items.");

        int[] training = [.. split.Training.Where(pair => log.Positives[pair])];
        var weights = Array.ConvertAll(training, pair => options.Alpha * (options.Strength == PreferenceStrength.Binary ? 1 : log.Responses[pair]));
        if (weights.Any(weight => weight <= 0))
            throw new UserMistakeException("strength was response, but some positive pair has a response of 0 or less, which is no strength. Give a threshold above 0, or --set strength=binary.");
        using var factors = new AlternatingLeastSquares(
            Array.ConvertAll(training, pair => log.Users[pair]), Array.ConvertAll(training, pair => log.Items[pair]), weights,
            log.UserKeys.Length, log.ItemKeys.Length, options.Rank, options.Regularisation, context.Seed);
        var objective = Iterate(factors, training.Length);

        var (scores, outcomes) = HeldOut(log, factors, split.Calibration, items, "calibration");
        var clipped = new ClippedScores();
        var calibration = Calibrations.Fit(options.Calibration, clipped, scores, outcomes);
        var (testScores, testOutcomes) = HeldOut(log, factors, split.Test, items, "test");
        context.Progress($"probabilities of {log.UserKeys.Length} users and {items.Length} items");
        var probabilities = calibration.Apply(factors.Scores(items));

        return new LearnedResponses(
            new LearnedReport
            {
                Model = ResponseLearners.Factorisation,
                Environment = "personal",
                Dataset = context.Dataset.Name,
                Seed = context.Seed,
                Options = new Dictionary<string, string>(OptionsBinder.ToTexts(options)),
                Users = log.UserKeys.Length,
                Items = log.ItemKeys.Length,
                Pairs = log.Count,
                Positives = log.Positives.Count(positive => positive),
                Threshold = log.Threshold,
                Negatives = $"pairs that the log does not hold, {options.Negatives} for each held-out positive pair, of the same user, items drawn uniformly from the table's",
                Features = [],
                TrainingPairs = training.Length,
                CalibrationPairs = scores.Length,
                TestPairs = testScores.Length,
                Uncalibrated = ProbabilityQuality.Of(clipped.Apply(testScores), testOutcomes),
                Calibrated = options.Calibration is null ? null : ProbabilityQuality.Of(calibration.Apply(testScores), testOutcomes),
                Objective = objective,
                Seconds = watch.Elapsed.TotalSeconds,
            },
            Tables(log, items, probabilities));
    }

    private List<double> Iterate(AlternatingLeastSquares factors, int pairs)
    {
        var objective = new List<double>();
        context.Progress($"{options.Rank} factors on {pairs} positive pairs");
        for (var iteration = 1; iteration <= options.Iterations; iteration++)
        {
            factors.SolveUsers();
            factors.SolveItems();
            objective.Add(factors.Objective());
            // About twenty lines, however many iterations.
            if (iteration == options.Iterations || iteration % Math.Max(1, options.Iterations / 20) == 0)
                context.Progress(string.Create(CultureInfo.InvariantCulture, $"iteration {iteration}/{options.Iterations}: objective {objective[^1]:F1}"));
        }
        return objective;
    }

    /// <summary>Scores of the held-out positive pairs whose items are in the table, and of as many negatives as asked for.</summary>
    private (double[] Scores, bool[] Positives) HeldOut(InteractionLog log, AlternatingLeastSquares factors, int[] pairs, int[] items, string part)
    {
        if (pairs.Length == 0)
            return ([], []);
        var inTable = new HashSet<int>(items);
        int[] positives = [.. pairs.Where(pair => log.Positives[pair] && inTable.Contains(log.Items[pair]))];
        var (users, drawn) = UnobservedPairs.Draw(log, positives, items, options.Negatives, Core.Randomness.RandomStream.DeriveSeed(context.Seed, part));
        if (positives.Length == 0 || users.Length == 0)
            throw new UserMistakeException($"items was {options.Items}: of the {part} {positives.Length} positive pairs and {users.Length} unobserved ones are among these items, both are needed. Ask for more items, or use a larger log.");
        return (
            factors.Scores([.. positives.Select(pair => log.Users[pair]), .. users], [.. positives.Select(pair => log.Items[pair]), .. drawn]),
            [.. positives.Select(_ => true), .. users.Select(_ => false)]);
    }

    private List<(string Path, DataTable Table)> Tables(InteractionLog log, int[] items, double[] probabilities)
    {
        int[] users = [.. Enumerable.Range(0, log.UserKeys.Length)];
        var itemKeys = Array.ConvertAll(items, item => log.ItemKeys[item]);
        var tables = new List<(string, DataTable)>
        {
            ($"{LearnedResponses.TableFolder}/als_response_df_1000_items.parquet", LearnedTables.Probabilities(log, users, items, probabilities)),
            (LearnedResponses.UsersName, LearnedTables.Known("user", context.Dataset.Users, log.UserKeys)),
            (LearnedResponses.ItemsName, LearnedTables.Known("item", context.Dataset.Items, itemKeys)),
        };
        if (LearnedTables.Titles(context.Dataset.Items, log, items) is { } titles)
            tables.Add(($"{LearnedResponses.TableFolder}/{LearnedResponses.TitlesName}", titles));
        if (MovieLensTables.Users(context.Dataset.Users, log.UserKeys) is { } userFeatures)
            tables.Add(($"{LearnedResponses.FeatureFolder}/user_features.csv", userFeatures));
        if (MovieLensTables.Items(context.Dataset.Items, itemKeys) is { } itemFeatures)
            tables.Add(($"{LearnedResponses.FeatureFolder}/1000_items_features.csv", itemFeatures));
        return tables;
    }
}
