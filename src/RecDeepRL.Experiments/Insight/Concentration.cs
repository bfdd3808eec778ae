namespace RecDeepRL.Experiments.Insight;

/// <summary>How evenly slates were spread over all N items, those never shown included.</summary>
/// <param name="Coverage">Share of the items that were shown at all.</param>
/// <param name="Entropy">Shannon's entropy of the items' shares of all slots, as a share of ln N: 0 where one item fills all, 1 where all are shown alike. 0 for a single item.</param>
/// <param name="Gini">Gini's coefficient of the shares: 0 where all items are shown alike, (N − 1)/N where one fills all slots.</param>
/// <param name="TopItem">Id of the item shown most, the first of several.</param>
/// <param name="TopShare">Share of the slates that held it.</param>
public sealed record Concentration(double Coverage, double Entropy, double Gini, int TopItem, double TopShare)
{
    /// <param name="shown">[N] how often each item was shown.</param>
    /// <param name="slates">Slates shown.</param>
    /// <returns>All 0 where nothing was shown.</returns>
    public static Concentration Of(IReadOnlyList<long> shown, long slates)
    {
        var (items, total) = (shown.Count, shown.Sum());
        if (total == 0 || slates == 0)
            return new Concentration(0, 0, 0, 0, 0);
        var (seen, entropy, top) = (0, 0.0, 0);
        for (var item = 0; item < items; item++)
        {
            if (shown[item] == 0)
                continue;
            seen++;
            var share = (double)shown[item] / total;
            entropy -= share * Math.Log(share);
            if (shown[item] > shown[top])
                top = item;
        }
        // Sorted from the least: G = (2·Σ rank·count)/(N·Σ count) − (N + 1)/N, ranks from 1.
        var weighted = 0.0;
        foreach (var (place, count) in shown.Order().Index())
            weighted += (place + 1.0) * count;
        var gini = (2 * weighted / ((double)items * total)) - ((items + 1.0) / items);
        return new Concentration((double)seen / items, items == 1 ? 0 : Math.Max(0, entropy / Math.Log(items)), Math.Max(0, gini), top, (double)shown[top] / slates);
    }
}
