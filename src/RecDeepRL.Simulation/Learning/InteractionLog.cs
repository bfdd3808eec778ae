using System.Globalization;
using RecDeepRL.Core;
using RecDeepRL.Data.Datasets;
using RecDeepRL.Data.Files;

namespace RecDeepRL.Simulation.Learning;

/// <summary>A log with dense ids: U users and N items that occur in it, and each pair once, ordered by user, then item.</summary>
internal sealed class InteractionLog
{
    private InteractionLog(long[] userKeys, long[] itemKeys, long[] lanes, double[] responses, double threshold)
    {
        UserKeys = userKeys;
        ItemKeys = itemKeys;
        Lanes = lanes;
        Responses = responses;
        Threshold = threshold;
        Users = Array.ConvertAll(lanes, lane => (int)(lane / itemKeys.Length));
        Items = Array.ConvertAll(lanes, lane => (int)(lane % itemKeys.Length));
        Positives = Array.ConvertAll(responses, response => response >= threshold);
    }

    /// <summary>[U] the users' keys in the source, ascending.</summary>
    public long[] UserKeys { get; }

    /// <summary>[N] the items' keys in the source, ascending.</summary>
    public long[] ItemKeys { get; }

    /// <summary>[P] user · N + item of each pair, ascending.</summary>
    public long[] Lanes { get; }

    /// <summary>[P] user ids.</summary>
    public int[] Users { get; }

    /// <summary>[P] item ids.</summary>
    public int[] Items { get; }

    /// <summary>[P] what the source tells.</summary>
    public double[] Responses { get; }

    /// <summary>[P] whether the response is at least the threshold.</summary>
    public bool[] Positives { get; }

    public double Threshold { get; }

    public int Count => Lanes.Length;

    /// <exception cref="UserMistakeException">Missing columns, no threshold that suggests itself, or responses that are all on one side of it.</exception>
    public static InteractionLog Of(Dataset dataset, LearningOptions options)
    {
        var (userKeys, users) = Dense(Integers(dataset, "user_idx"));
        var (itemKeys, items) = Dense(Integers(dataset, "item_idx"));
        var given = Numbers(dataset, "response");
        var lanes = new long[given.Length];
        for (var row = 0; row < lanes.Length; row++)
            lanes[row] = ((long)users[row] * itemKeys.Length) + items[row];
        Array.Sort(lanes, given);
        var count = PutTogether(lanes, given, options.Repeated);
        var (distinct, responses) = (lanes[..count], given[..count]);
        var log = new InteractionLog(userKeys, itemKeys, distinct, responses, options.Threshold ?? SuggestedThreshold(dataset.Name, responses));
        var positives = log.Positives.Count(positive => positive);
        if (positives == 0 || positives == count)
        {
            throw new UserMistakeException(string.Create(CultureInfo.InvariantCulture,
                $"With the threshold {log.Threshold} {(positives == 0 ? "none" : "each")} of the {count} pairs of '{dataset.Name}' is positive; responses go from {responses.Min()} to {responses.Max()}. Give --set threshold=N between them."));
        }
        return log;
    }

    /// <summary>Whether a user and an item occur together, whatever the response.</summary>
    public bool Holds(int user, int item) => Array.BinarySearch(Lanes, ((long)user * ItemKeys.Length) + item) >= 0;

    /// <summary>The items with the most pairs, in ascending order of their ids; of equal counts the lower ids.</summary>
    public int[] MostFrequentItems(int count)
    {
        var counts = new int[ItemKeys.Length];
        foreach (var item in Items)
            counts[item]++;
        return [.. Enumerable.Range(0, counts.Length).OrderByDescending(item => counts[item]).ThenBy(item => item).Take(count).Order()];
    }

    private static double SuggestedThreshold(string name, double[] responses)
    {
        var (least, most) = (responses.Min(), responses.Max());
        if (least >= 0 && most <= 1)
            return .5;
        if (least >= .5 && most <= 5 && responses.All(response => response * 2 == Math.Floor(response * 2)))
            return 4;
        throw new UserMistakeException(string.Create(CultureInfo.InvariantCulture,
            $"The responses of '{name}' go from {least} to {most}, which are neither ratings from 0.5 to 5 nor shares in [0, 1]. Say from where on they count as positive: --set threshold=N."));
    }

    private static (long[] Keys, int[] Ids) Dense(long[] rowKeys)
    {
        long[] keys = [.. rowKeys.Distinct().Order()];
        var ids = new Dictionary<long, int>(keys.Length);
        foreach (var key in keys)
            ids.Add(key, ids.Count);
        return (keys, Array.ConvertAll(rowKeys, key => ids[key]));
    }

    /// <summary>Moves the distinct lanes with one response each to the front.</summary>
    /// <returns>How many there are.</returns>
    private static int PutTogether(long[] lanes, double[] responses, RepeatedPairs repeated)
    {
        var count = 0;
        for (var start = 0; start < lanes.Length;)
        {
            var end = start + 1;
            while (end < lanes.Length && lanes[end] == lanes[start])
                end++;
            // The order of equal lanes is the sort's own: in order of size, a sum does not depend on it.
            var same = responses.AsSpan(start, end - start);
            same.Sort();
            var sum = 0.0;
            foreach (var response in same)
                sum += response;
            lanes[count] = lanes[start];
            responses[count++] = repeated switch { RepeatedPairs.Mean => sum / same.Length, RepeatedPairs.Sum => sum, _ => same[^1] };
            start = end;
        }
        return count;
    }

    private static long[] Integers(Dataset dataset, string column) => dataset.Interactions.Find(column) is IntegerColumn integers
        ? integers.Values
        : throw new UserMistakeException($"The interactions of '{dataset.Name}' have no column '{column}' of whole numbers. Import the dataset again.");

    private static double[] Numbers(Dataset dataset, string column) => dataset.Interactions.Find(column) switch
    {
        NumberColumn numbers => (double[])numbers.Values.Clone(),
        IntegerColumn integers => Array.ConvertAll(integers.Values, value => (double)value),
        _ => throw new UserMistakeException($"The interactions of '{dataset.Name}' have no column '{column}' of numbers. Import the dataset again."),
    };
}
