using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Experiments.Insight;

/// <summary>The items that insight follows one by one, and what they are called.</summary>
internal static class TrackedItems
{
    /// <summary>Items followed; beyond, the best and a spread of the others.</summary>
    public const int MostItems = 1000;

    /// <param name="expected">[N] the expected response to each item.</param>
    public static List<InsightItem> Of(Population population, double[] expected)
    {
        var labels = LabelsOf(population);
        return [.. Choose(expected, MostItems).Select(item => new InsightItem(
            item, population.ItemKeys[item], InsightFile.Rounded(expected[item]), item < population.ItemTitles.Count ? population.ItemTitles[item] : null,
            labels.Where(label => label.Values[item].Length > 0).ToDictionary(label => label.Name, label => label.Values[item])))];
    }

    /// <summary>The items to follow: all, or the best half and as many spread evenly over the ranks of the others; by id.</summary>
    internal static IReadOnlyList<int> Choose(double[] expected, int most)
    {
        if (expected.Length <= most)
            return [.. Enumerable.Range(0, expected.Length)];
        int[] ranked = [.. Enumerable.Range(0, expected.Length).OrderByDescending(item => expected[item])];
        var (best, spread) = (most / 2, most - (most / 2));
        var others = ranked.Length - best;
        return [.. ranked.Take(best).Concat(Enumerable.Range(0, spread).Select(place => ranked[best + (int)((long)place * others / spread)])).Order()];
    }

    /// <summary>The population's labels, and for features whose names share a beginning up to a colon or an equals sign, such as <c>topic:3</c>, the one of the highest value.</summary>
    internal static IReadOnlyList<ItemLabel> LabelsOf(Population population)
    {
        var labels = population.ItemLabels.ToList();
        if (population.ItemFeatures is not { } features)
            return labels;
        using var scope = NewDisposeScope();
        var groups = population.ItemFeatureNames.Select((name, column) => (Cut: name.IndexOfAny([':', '=']), Name: name, Column: column))
            .Where(one => one.Cut > 0).GroupBy(one => one.Name[..one.Cut]).Where(group => group.Count() > 1);
        foreach (var group in groups)
        {
            string[] names = [.. group.Select(one => one.Name[(one.Cut + 1)..])];
            var best = features.index_select(1, tensor(group.Select(one => (long)one.Column).ToArray()).to(features.device)).argmax(1).cpu().data<long>().ToArray();
            labels.Add(new ItemLabel(group.Key, [.. best.Select(column => names[column])], IsOrdered: false));
        }
        return labels;
    }
}
