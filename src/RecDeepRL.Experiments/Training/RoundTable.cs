using System.Globalization;

namespace RecDeepRL.Experiments.Training;

/// <summary>A CSV file to which a run adds rows round by round.</summary>
public static class RoundTable
{
    /// <param name="header">Names of the columns, the first of them the iteration.</param>
    /// <param name="iteration">Rounds completed so far. Later rows, written by a run that was killed after its last checkpoint, are dropped.</param>
    /// <param name="last">Iteration of the last row that is kept; -1 for none.</param>
    public static StreamWriter Open(string path, string header, long iteration, out long last)
    {
        last = -1;
        var kept = new List<string> { header };
        if (File.Exists(path))
        {
            // A disk that was full may have cut the last row anywhere, and 1 of 12 is a number too: only what a line end closes is a row.
            var text = File.ReadAllText(path);
            foreach (var line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
            {
                if (!long.TryParse(line.Split(',')[0], NumberStyles.Integer, CultureInfo.InvariantCulture, out var row) || row > iteration)
                    continue;
                kept.Add(line);
                last = row;
            }
        }
        AtomicFile.WriteAllText(path, string.Concat(kept.Select(line => line + "\n")));
        return new StreamWriter(path, append: true) { NewLine = "\n" };
    }
}
