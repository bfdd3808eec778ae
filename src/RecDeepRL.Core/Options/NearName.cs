namespace RecDeepRL.Core.Options;

/// <summary>Suggests what a mistyped name was meant to be.</summary>
public static class NearName
{
    /// <returns><c> Did you mean 'x'?</c> with a leading space, or nothing where no name is near.</returns>
    public static string Suggest(string given, IEnumerable<string> known)
    {
        var best = known.Select(name => (Name: name, Distance: Distance(given.ToLowerInvariant(), name.ToLowerInvariant())))
            .OrderBy(pair => pair.Distance).ThenBy(pair => pair.Name, StringComparer.Ordinal).FirstOrDefault();
        return best.Name is not null && best.Distance <= Math.Max(2, given.Length / 3) ? $" Did you mean '{best.Name}'?" : "";
    }

    /// <summary>Levenshtein's distance.</summary>
    internal static int Distance(string first, string second)
    {
        var row = Enumerable.Range(0, second.Length + 1).ToArray();
        for (var i = 1; i <= first.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= second.Length; j++)
            {
                var substitution = diagonal + (first[i - 1] == second[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitution, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
