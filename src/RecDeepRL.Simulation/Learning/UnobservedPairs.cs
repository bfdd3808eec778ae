using RecDeepRL.Core.Randomness;

namespace RecDeepRL.Simulation.Learning;

/// <summary>Negatives for a log that tells of positives only: pairs that the log does not hold.</summary>
internal static class UnobservedPairs
{
    /// <summary>A user who has met nearly all items is asked this often before a negative is given up.</summary>
    private const int MostAttempts = 100;

    /// <summary>For each positive pair, so many items drawn uniformly from those that the log does not hold with its user. An item may come more than once.</summary>
    /// <param name="positives">Positions in the log.</param>
    /// <param name="among">Ids of the items to draw from.</param>
    public static (int[] Users, int[] Items) Draw(InteractionLog log, int[] positives, int[] among, int forEach, long seed)
    {
        var stream = new RandomStream(seed, "response:negatives");
        var (users, items) = (new List<int>(positives.Length * forEach), new List<int>(positives.Length * forEach));
        foreach (var pair in positives)
        {
            for (var copy = 0; copy < forEach; copy++)
            {
                for (var attempt = 0; attempt < MostAttempts; attempt++)
                {
                    var item = among[(int)(stream.Bits(attempt, ((long)pair * forEach) + copy) % (ulong)among.Length)];
                    if (log.Holds(log.Users[pair], item))
                        continue;
                    users.Add(log.Users[pair]);
                    items.Add(item);
                    break;
                }
            }
        }
        return ([.. users], [.. items]);
    }
}
