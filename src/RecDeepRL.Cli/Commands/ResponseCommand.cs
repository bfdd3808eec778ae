using System.CommandLine;
using RecDeepRL.Cli.Display;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Simulation.Learning;

namespace RecDeepRL.Cli.Commands;

/// <summary><c>response</c>: probabilities learned from a log (<c>fit</c>), what a model's options are (<c>options</c>), and a look at tables of probabilities (<c>inspect</c>).</summary>
internal static class ResponseCommand
{
    public static Command Create() => new("response", "Learn the probabilities of responses from a log, or look at a folder of such probabilities.")
    {
        Fit(), Options(), Inspect(),
    };

    private static Command Fit()
    {
        var model = new Argument<string>("MODEL") { Description = $"{string.Join(" or ", ResponseLearners.All.Select(one => one.Name))}." };
        var data = new Option<string>("--data") { Description = "What to learn from: the folder of an imported data set, or one that 'import' reads, such as MovieLens as it is packed.", HelpName = "DATASET", Required = true };
        var output = new Option<string>("--out") { Description = "New folder for tables, report.json and reliability.png; give it to train as --data.", HelpName = "DIR", Required = true };
        var calibrate = new Option<string?>("--calibrate") { Description = "isotonic, platt or none; the same as --set calibration=…. Default: the model's own.", HelpName = "KIND" };
        var seed = new NumberOption<long>("--seed", least: long.MinValue) { Description = "Seed of split, choice of users, negatives and start. Default 1.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var set = new Option<string[]>("--set") { Description = "Set an option of the model, as key=value; may be repeated. 'response options MODEL' shows them.", HelpName = "key=value", AllowMultipleArgumentsPerToken = false };
        var threads = new NumberOption<int>("--threads", least: 1, most: CommonOptions.MostThreads) { Description = "Threads that the training may use. Default: all cores.", HelpName = "N" };
        var command = new Command("fit", "Learn probabilities from a log, and report how good they are on held-out pairs.") { model, data, output, calibrate, seed, set, threads, Answer.Option() };
        command.SetAction(parsed =>
        {
            CommonOptions.UseThreads(parsed.GetValue(threads));
            var registration = ResponseLearners.Find(parsed.GetValue(model)!);
            var options = OptionsBinder.Bind(registration.OptionsType, Settings(parsed.GetValue(set) ?? [], parsed.GetValue(calibrate)));
            return ResponseFit.Run(registration, options, parsed.GetValue(data)!, parsed.GetValue(output)!, parsed.GetValue(seed), Math.Max(1, parsed.GetValue(threads) is 0 ? Environment.ProcessorCount : parsed.GetValue(threads)));
        });
        return command;
    }

    private static Command Options()
    {
        var model = new Argument<string>("MODEL") { Description = $"{string.Join(" or ", ResponseLearners.All.Select(one => one.Name))}." };
        var command = new Command("options", "List the options of a learned response model with range, default and meaning.") { model, Answer.Option() };
        command.SetAction(parsed =>
        {
            ListCommand.ShowOptions(ResponseLearners.Find(parsed.GetValue(model)!));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Inspect()
    {
        var folder = new Argument<string>("DIR") { Description = "Folder that 'response fit' made, or one with the original project's data." };
        var slateSize = new NumberOption<int?>("--slate-size", least: 1) { Description = "K of the bounds. Default: 1 for tables of context, 10 for tables of personal.", HelpName = "K" };
        var png = new Option<string?>("--png") { Description = "Folder for the pictures, made where it is missing; pictures of the same names are replaced.", HelpName = "DIR" };
        var command = new Command("inspect", "Show what tables of probabilities hold: distribution, items, users, bounds, and the report of their fit.") { folder, slateSize, png, Answer.Option() };
        command.SetAction(parsed =>
        {
            return ResponseInspection.Run(parsed.GetValue(folder)!, parsed.GetValue(slateSize), parsed.GetValue(png));
        });
        return command;
    }

    private static IEnumerable<KeyValuePair<string, string>> Settings(IEnumerable<string> texts, string? calibration)
    {
        if (calibration is not null)
            yield return KeyValuePair.Create("calibration", calibration);
        foreach (var text in texts)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new UserMistakeException($"--set was '{text}', must be key=value, such as --set testShare=0.2.");
            yield return KeyValuePair.Create(text[..equals].Trim(), text[(equals + 1)..].Trim());
        }
    }
}
