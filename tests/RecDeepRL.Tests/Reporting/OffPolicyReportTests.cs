using RecDeepRL.Experiments.OffPolicy;
using RecDeepRL.Reporting;
using RecDeepRL.Tests.Experiments;
using Spectre.Console;

namespace RecDeepRL.Tests.Reporting;

public sealed class OffPolicyReportTests
{
    private static OffPolicyResult Result { get; } = new()
    {
        Estimates = [new OffPolicyEstimate("ips", .75, .02, .71, .79), new OffPolicyEstimate("snips", double.NaN, double.NaN, double.NaN, double.NaN)],
        Logged = new OffPolicyEstimate("logged", .4, .01, .38, .42),
        Weights = new WeightSummary(.98, .03, 10, 123.4),
        Switch = 5,
        TrainIterations = 10,
        EvaluatedIterations = 10,
        Slates = 500,
        Users = 300,
        Truth = .7,
    };

    [Fact]
    public void EstimatesStandBesideTheTruth()
    {
        var text = Render(OffPolicyTable.Of(Result));

        // .75 − .7 = +.05; what is no number is said to be none.
        Assert.Equal(["ips", "0.7500", "0.0200", "0.7100 to 0.7900", "+0.0500"], Cells(text, "ips"));
        Assert.Equal(["snips", "none", "none", "none", "none"], Cells(text, "snips"));
        Assert.Equal(["truth", "0.7000"], Cells(text, "truth"));
        Assert.Contains("effective sample size 123.4 of 500", OffPolicyTable.WeightLine(Result), StringComparison.Ordinal);
        Assert.DoesNotContain("error", Render(OffPolicyTable.Of(Result with { Truth = null })).Replace("standard error", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void EstimatorsAreRatedWithTheirUncertainty()
    {
        var text = Render(OffPolicyTable.Of([EstimatorQuality.Of("ips", [.1, -.1, .3], covered: 2)]));

        // As in ClusteredIntervalsTests; Student's half width of the bias is 4.3027 · .2/√3 = .4968.
        Assert.Equal(["ips", "3", "+0.1000 ± 0.4968", "0.2000", "0.1915", "0.0000 to 0.3891", "66.7 %", "20.8 % to 93.9 %"], Cells(text, "ips"));
    }

    [Fact]
    public void PicturesAreWrittenAsPngAndSvg()
    {
        using var folder = new TemporaryFolder();
        OffPolicyPlots.Estimates(folder.PathOf("estimates"), "title", Result);
        OffPolicyPlots.Errors(folder.PathOf("errors"), "title", [EstimatorQuality.Of("ips", [.1, -.1, .3], covered: 2)]);

        foreach (var name in new[] { "estimates", "errors" })
        {
            Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(folder.PathOf(name + ".png"))[..4]);
            Assert.Contains("<svg", File.ReadAllText(folder.PathOf(name + ".svg")), StringComparison.Ordinal);
        }
    }

    private static string Render(Table table)
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No });
        console.Profile.Width = 200;
        console.Write(table);
        return writer.ToString();
    }

    private static string[] Cells(string text, string first) =>
        text.Split('\n').Select(line => line.Split("  ", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Single(cells => cells.Length > 1 && cells[0] == first);
}
