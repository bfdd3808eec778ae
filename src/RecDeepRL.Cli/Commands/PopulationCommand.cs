using System.CommandLine;
using RecDeepRL.Data.Files;
using RecDeepRL.Data.Populations;

namespace RecDeepRL.Cli.Commands;

/// <summary><c>population</c>: users who do not exist, made after some who do; and how much alike they are.</summary>
internal static class PopulationCommand
{
    public static Command Create() => new("population", "Generate profiles of users from real ones, and measure how much alike they are.")
    {
        Generate(), Fit(), PopulationQuality.Quality(), PopulationQuality.Compare(),
    };

    private static Command Generate()
    {
        var model = new Option<string?>("--model") { Description = "A generator that 'population fit' wrote, instead of --from.", HelpName = "FILE" };
        var count = new NumberOption<int>("--count", least: 1) { Description = "Users to generate.", HelpName = "N", Required = true };
        var output = new Option<string>("--out") { Description = "File to write, .parquet or .csv: user_idx 0, 1, 2, … and the columns of the profiles.", HelpName = "FILE", Required = true };
        var source = new PopulationSource();
        var command = new Command("generate", "Generate profiles after a table, from a fitted generator, or from a mixture.") { source.Kind, source.Table, model, source.Mix, source.SegmentColumn, count, output };
        source.AddTo(command);
        command.SetAction(parsed =>
        {
            CommonOptions.UseThreads(parsed.GetValue(source.Threads));
            var path = OutputFile.Checked("--out", parsed.GetValue(output)!, parsed.GetValue(source.Force), ".parquet", ".csv");
            var generator = source.Generator(parsed, parsed.GetValue(model));
            var profiles = generator.Sample(parsed.GetValue(count), parsed.GetValue(source.Seed));
            TableFile.Write(path, Profiles.WithKeys(profiles));
            System.Console.WriteLine($"wrote {profiles.RowCount} users with {string.Join(", ", profiles.Columns.Select(column => column.Name))} to {path}");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Fit()
    {
        var output = new Option<string>("--out") { Description = "File to write, .json; 'population generate --model' and --mix read it.", HelpName = "FILE", Required = true };
        var source = new PopulationSource();
        var command = new Command("fit", "Fit a generator to a table of profiles, or to several that are mixed, and keep it in a file.") { source.Kind, source.Table, source.Mix, source.SegmentColumn, output };
        source.AddTo(command);
        command.SetAction(parsed =>
        {
            CommonOptions.UseThreads(parsed.GetValue(source.Threads));
            var path = OutputFile.Checked("--out", parsed.GetValue(output)!, parsed.GetValue(source.Force), ".json");
            GeneratorFile.Save(path, source.Generator(parsed, model: null));
            System.Console.WriteLine($"wrote {path}");
            return ExitCode.Done;
        });
        return command;
    }
}
