using System.CommandLine;
using RecDeepRL.Cli.Display;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Data.Files;
using RecDeepRL.Data.Populations;
using RecDeepRL.Data.Populations.Quality;
using RecDeepRL.Reporting;

namespace RecDeepRL.Cli.Commands;

/// <summary><c>population quality</c>: how much two tables are alike; <c>population compare</c>: how good the kinds of generators are on a table.</summary>
internal static class PopulationQuality
{
    public static Command Quality()
    {
        var real = new Option<string>("--real") { Description = "Table of real profiles.", HelpName = "TABLE", Required = true };
        var synthetic = new Option<string>("--synthetic") { Description = "Table of generated profiles with the same columns.", HelpName = "TABLE", Required = true };
        var seed = new NumberOption<long>("--seed", least: long.MinValue) { Description = "Seed of the folds of the detection. Default 1.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var (outputs, profiles) = (new QualityOutputs(), new ProfileOptions());
        var command = new Command("quality", "Measure how much generated profiles are like real ones.") { real, synthetic, seed };
        profiles.AddTo(command);
        outputs.AddTo(command);
        command.SetAction(parsed =>
        {
            var png = outputs.Checked(parsed);
            var (first, second) = profiles.Reading(parsed).ReadPair(TableFile.Read(parsed.GetValue(real)!), TableFile.Read(parsed.GetValue(synthetic)!));
            var report = QualityReport.Of(first, second, parsed.GetValue(seed));
            Answer.Give(report, console =>
            {
                foreach (var table in QualityTable.Of(report))
                    console.Write(table);
                Explain();
            });
            if (png is not null)
                BarPlot.Save(png, $"{report.SyntheticRows} generated users beside {report.RealRows} real ones", Bars(report), .5, 1);
            return ExitCode.Done;
        });
        return command;
    }

    public static Command Compare()
    {
        var from = new Option<string>("--from") { Description = "Table of real profiles: a Parquet file or folder, or a CSV file.", HelpName = "TABLE", Required = true };
        var kinds = new Option<string>("--kinds") { Description = "Kinds of generators, separated by commas, or all. Default all.", HelpName = "K,…", DefaultValueFactory = _ => "all" };
        var seeds = new NumberOption<int>("--seeds", least: 1, most: CommonOptions.MostSeeds) { Description = "Seeds, from --seed on; each splits the table anew. Default 10.", HelpName = "N", DefaultValueFactory = _ => 10 };
        var seed = new NumberOption<long>("--seed", least: long.MinValue) { Description = "The first seed. Default 1.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var (set, threads, libtorch) = (PopulationSource.SetOfKind(), CommonOptions.Threads(), CommonOptions.Libtorch());
        var (outputs, profiles) = (new QualityOutputs(), new ProfileOptions());
        var command = new Command("compare", "Fit kinds of generators to one half of a table and measure them against the other half, over several seeds.") { from, kinds, seeds, seed, set, threads, libtorch };
        profiles.AddTo(command);
        outputs.AddTo(command);
        command.SetAction(parsed =>
        {
            CommonOptions.UseThreads(parsed.GetValue(threads));
            var all = CommonOptions.Seeds(parsed.GetValue(seed), parsed.GetValue(seeds));
            var png = outputs.Checked(parsed);
            var chosen = Chosen(parsed.GetValue(kinds)!, parsed.GetValue(set) ?? []);
            var table = profiles.Read(parsed, parsed.GetValue(from)!);
            var results = chosen.Select(_ => new List<QualityReport>()).ToList();
            for (var index = 0; index < parsed.GetValue(seeds); index++)
            {
                for (var kind = 0; kind < chosen.Count; kind++)
                    results[kind].Add(Holdout.Judge(chosen[kind].Kind, chosen[kind].Options, table, all[index]));
                System.Console.Error.WriteLine($"seed {all[index]} done, {index + 1} of {parsed.GetValue(seeds)}");
            }
            var named = chosen.Select((one, index) => (one.Kind.Name, (IReadOnlyList<QualityReport>)results[index])).ToList();
            Answer.Give(
                new { kinds = named.Select(one => new { kind = one.Name, reports = one.Item2 }) },
                console =>
                {
                    console.Write(QualityTable.Of(named));
                    Explain();
                });
            if (png is not null)
                BarPlot.Save(png, $"Generators judged by users held out, {parsed.GetValue(seeds)} seeds", Bars(named), .5, 1);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>The kinds with their options. A setting goes to every kind that has such an option.</summary>
    private static List<(ComponentRegistration<GeneratorContext, IProfileGenerator> Kind, object Options)> Chosen(string names, string[] settings)
    {
        var kinds = names == "all" ? GeneratorRegistry.All : [.. names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct().Select(GeneratorRegistry.Find)];
        if (kinds.Count == 0)
            throw new UserMistakeException("No kind of generator was named. Give names separated by commas, or all.");
        bool Has(ComponentRegistration<GeneratorContext, IProfileGenerator> kind, string setting) =>
            OptionDescription.Of(kind.OptionsType).Any(option => option.Name == setting.Split('=')[0].Trim());
        if (settings.FirstOrDefault(setting => !kinds.Any(kind => Has(kind, setting))) is { } unknown)
            throw new UserMistakeException($"--set was '{unknown}', which is key=value of no kind in {string.Join(", ", kinds.Select(kind => kind.Name))}. 'population compare --help' shows the options.");
        return [.. kinds.Select(kind => (kind, PopulationSource.Options(kind, settings.Where(setting => Has(kind, setting)))))];
    }

    private static List<PlotBar> Bars(QualityReport report) =>
    [
        .. report.Columns.Select(column => new PlotBar(column.Column, "similarity of columns", column.Similarity)),
        .. report.Pairs.Select(pair => new PlotBar($"{pair.First}, {pair.Second} ({pair.Measure})", "similarity of correlations", pair.Similarity)),
        new PlotBar("logistic regression", "detection (.5 is best)", report.LogisticDetection),
        new PlotBar("boosted trees", "detection (.5 is best)", report.TreeDetection),
    ];

    private static List<PlotBar> Bars(List<(string Name, IReadOnlyList<QualityReport> Reports)> kinds) =>
    [
        .. from figure in QualityTable.Summary(kinds[0].Reports[0])
           from kind in kinds
           let interval = QualityTable.Summarised(kind.Reports, figure.Name)
           select new PlotBar(kind.Name, figure.Name, interval.Mean, interval.HalfWidth),
    ];

    private static void Explain()
    {
        foreach (var line in QualityTable.Explanations)
            System.Console.WriteLine(line);
    }

    /// <summary>Where results go beside the terminal.</summary>
    private sealed class QualityOutputs
    {
        private readonly Option<string?> _png = new("--png") { Description = "File for a picture of the bars, .png.", HelpName = "FILE" };
        private readonly Option<bool> _force = OutputFile.Force();

        public void AddTo(Command command)
        {
            foreach (var option in new Option[] { _png, _force, Answer.Option() })
                command.Options.Add(option);
        }

        /// <returns>Where the picture goes; none where none is wanted.</returns>
        public string? Checked(ParseResult parsed) => parsed.GetValue(_png) is { } png ? OutputFile.Checked("--png", png, parsed.GetValue(_force), ".png") : null;
    }
}
