using System.Globalization;
using RecDeepRL.Experiments.Training;
using Spectre.Console;

namespace RecDeepRL.Cli.Display;

/// <summary>What a simulation came to, and how fast it was.</summary>
internal static class SimulationTable
{
    /// <param name="totals">Of the simulation's own rounds; regret is left out where it was not measured.</param>
    /// <param name="rounds">Rounds, also those without users.</param>
    /// <param name="rows">Rows written to the log.</param>
    /// <param name="bytes">Bytes written to the log.</param>
    /// <param name="elapsed">From the first round until the log was whole.</param>
    public static Table Of(TrainingTotals totals, long rounds, long rows, long bytes, TimeSpan elapsed, int slateSize)
    {
        var seconds = Math.Max(elapsed.TotalSeconds, 1e-9);
        var table = new Table().AddColumn("").AddColumn(new TableColumn("value").RightAligned());
        Add("iterations", $"{rounds}");
        Add("slates shown", $"{totals.Users}");
        Add("slates per iteration", $"{(double)totals.Users / Math.Max(rounds, 1):F1}");
        Add("mean responses per user", $"{totals.MeanResponses:F4}");
        Add("mean responses per item shown", $"{totals.MeanResponses / slateSize:F4}");
        Add("expected responses per user", $"{totals.Expected / totals.Users:F4}");
        if (!double.IsNaN(totals.Oracle))
        {
            Add("oracle, expected per user", $"{totals.Oracle / totals.Users:F4}");
            Add("regret in all", $"{totals.Regret:F1}");
        }
        Add("seconds", $"{seconds:F2}");
        Add("users/s", $"{totals.Users / seconds:F0}");
        Add("responses/s", $"{rows / seconds:F0}");
        Add("log", $"{bytes / 1e6:F2} MB, {bytes / 1e6 / seconds:F2} MB/s");
        return table;

        void Add(string name, FormattableString value) => table.AddRow(name, value.ToString(CultureInfo.InvariantCulture));
    }
}
