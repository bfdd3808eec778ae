namespace RecDeepRL.Experiments.Insight;

/// <summary>An item that an agent has settled on: from a snapshot on, its share of the slates stays at or above a threshold to the end.</summary>
/// <param name="Item">Place among the tracked items.</param>
/// <param name="Iteration">The last round before the first snapshot of that stretch: rounds from the next one on belong to it.</param>
/// <param name="Share">Share of the slates of the stretch that held it.</param>
public sealed record LockIn(int Item, long Iteration, double Share)
{
    /// <summary>The share that counts as settled unless another is asked for.</summary>
    public const double UsualShare = 0.5;

    /// <summary>All items settled on, the earliest first, then the one of the larger share. Snapshots without slates say nothing and are passed over.</summary>
    /// <param name="share">Threshold, in (0, 1]: with slates of several items, several may reach it.</param>
    public static IReadOnlyList<LockIn> Of(RunInsight insight, double share = UsualShare)
    {
        var filled = insight.Snapshots.Where(snapshot => snapshot.Users > 0).ToList();
        var found = new List<LockIn>();
        for (var item = 0; item < insight.Items.Count; item++)
        {
            var first = filled.Count;
            while (first > 0 && filled[first - 1].Shown[item] >= share * filled[first - 1].Users)
                first--;
            if (first == filled.Count)
                continue;
            var stretch = filled.Skip(first).ToList();
            found.Add(new LockIn(item, stretch[0].Iteration - stretch[0].Rounds, (double)stretch.Sum(snapshot => snapshot.Shown[item]) / stretch.Sum(snapshot => snapshot.Users)));
        }
        return [.. found.OrderBy(one => one.Iteration).ThenByDescending(one => one.Share)];
    }
}
