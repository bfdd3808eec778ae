using System.Globalization;
using RecDeepRL.Experiments.Speed;
using Spectre.Console;

namespace RecDeepRL.Cli.Display;

/// <summary>How fast a machine is.</summary>
internal static class SpeedTable
{
    public static Table Of(IEnumerable<SpeedRow> rows)
    {
        var table = new Table().AddColumn("").AddColumn("users x slots").AddColumn(new TableColumn("per second").RightAligned())
            .AddColumn(new TableColumn("plain libtorch").RightAligned()).AddColumn(new TableColumn("ratio").RightAligned());
        foreach (var row in rows)
        {
            table.AddRow(
                Markup.Escape(row.Name),
                string.Create(CultureInfo.InvariantCulture, $"{row.Users} x {row.SlateSize}"),
                $"{Short(row.PerSecond)} {row.Unit}",
                row.PlainPerSecond is { } plain ? $"{Short(plain)} {row.Unit}" : "",
                row.Ratio is { } ratio ? ratio.ToString("F2", CultureInfo.InvariantCulture) : "");
        }
        return table;
    }

    private static string Short(double number) => number >= 1e6
        ? string.Create(CultureInfo.InvariantCulture, $"{number / 1e6:F1} million")
        : string.Create(CultureInfo.InvariantCulture, $"{number:F0}");
}
