using RecDeepRL.Core.Randomness;
using RecDeepRL.Simulation.Learning;

namespace RecDeepRL.Tests.Simulation.Learning;

/// <summary>What the truth itself reaches on the pairs that a learner's report is made on: no model can expect to be better.</summary>
internal static class HeldOutTruth
{
    public static ProbabilityQuality OfBoosting(GeneratedLog generated, BoostingOptions options, long seed)
    {
        var log = InteractionLog.Of(generated.Dataset, options);
        var test = InteractionSplit.Of(log, options, options.Calibration is not null, seed).Test;
        return ProbabilityQuality.Of(
            Array.ConvertAll(test, pair => generated.Liking(log.UserKeys[log.Users[pair]], log.ItemKeys[log.Items[pair]])), Array.ConvertAll(test, pair => log.Positives[pair]));
    }

    /// <summary>The area of the truth, and of the items' counts of positive training pairs.</summary>
    /// <param name="truth">By the keys of user and item: any scores in the best order.</param>
    public static (double Best, double Popularity) AreasOfFactorisation(RecDeepRL.Data.Datasets.Dataset dataset, Func<long, long, double> truth, FactorisationOptions options, long seed)
    {
        var log = InteractionLog.Of(dataset, options);
        var split = InteractionSplit.Of(log, options, options.Calibration is not null, seed);
        var items = log.MostFrequentItems(options.Items);
        int[] positives = [.. split.Test.Where(pair => log.Positives[pair] && items.Contains(log.Items[pair]))];
        var (users, drawn) = UnobservedPairs.Draw(log, positives, items, options.Negatives, RandomStream.DeriveSeed(seed, "test"));
        var counts = new double[log.ItemKeys.Length];
        foreach (var pair in split.Training.Where(pair => log.Positives[pair]))
            counts[log.Items[pair]]++;
        int[] allUsers = [.. positives.Select(pair => log.Users[pair]), .. users];
        int[] allItems = [.. positives.Select(pair => log.Items[pair]), .. drawn];
        bool[] outcomes = [.. positives.Select(_ => true), .. users.Select(_ => false)];
        return (
            ProbabilityQuality.AucOf([.. allUsers.Zip(allItems, (user, item) => truth(log.UserKeys[user], log.ItemKeys[item]))], outcomes),
            ProbabilityQuality.AucOf(Array.ConvertAll(allItems, item => counts[item]), outcomes));
    }
}
