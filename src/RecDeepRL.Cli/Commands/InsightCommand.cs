using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using RecDeepRL.Cli.Display;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Insight;
using RecDeepRL.Reporting.Insight;
using Spectre.Console;

namespace RecDeepRL.Cli.Commands;

/// <summary><c>insight RUN</c>: what the agent of a run recommended, thought and learned, as tables and pictures.</summary>
internal static class InsightCommand
{
    private static readonly string[] s_endings = [".png", ".svg"];

    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = $"Run folder that 'train' wrote, its {InsightFile.Name}, or a file in the insight folder of 'compare --insight'." };
        var top = new NumberOption<int>("--top", least: 1) { Description = "Items in the tables. Default 10.", HelpName = "N", DefaultValueFactory = _ => 10 };
        var share = new NumberOption<double>("--lock-share", new RangeAttribute(0.0, 1.0) { MinimumIsExclusive = true })
        {
            Description = $"Share of the slates, in (0, 1], that an item has to keep to the end to count as settled on. Default {LockIn.UsualShare}.",
            HelpName = "P",
            DefaultValueFactory = _ => LockIn.UsualShare,
        };
        var output = new Option<string?>("--out") { Description = "Folder for the pictures. Default: the run folder; of a comparison's file, a folder of the file's name beside it.", HelpName = "DIR" };
        var noPictures = new Option<bool>("--no-pictures") { Description = "Print tables only." };
        var command = new Command("insight", "Show what the agent of a run recommended, estimated and learned.") { run, top, share, output, noPictures, Answer.Option() };
        command.SetAction(parsed =>
        {
            var lockShare = parsed.GetValue(share);
            if (parsed.GetValue(noPictures) && parsed.GetValue(output) is not null)
                throw new UserMistakeException("--out says where pictures go, and --no-pictures that there are none. Leave one of them out.");
            var path = parsed.GetValue(run)!;
            var insight = InsightFile.Read(path);
            if (insight.Snapshots.Count == 0)
                throw new UserMistakeException($"The run '{path}' has completed no round that insight looked at. Go on with: train --resume {path}.");
            Answer.Show(console => Print(console, insight, parsed.GetValue(top), lockShare));
            var folder = parsed.GetValue(output) ?? PictureFolder(path);
            var pictures = parsed.GetValue(noPictures) ? [] : Draw(insight, folder);
            Answer.Give(
                new
                {
                    insight,
                    lockShare,
                    lockedIn = LockIn.Of(insight, lockShare).Select(one => new { item = insight.Items[one.Item].Id, key = insight.Items[one.Item].Key, name = insight.Items[one.Item].Name, iteration = one.Iteration, share = one.Share }),
                    pictures = pictures.SelectMany(name => s_endings.Select(ending => Path.Combine(folder, name + ending))),
                },
                console =>
                {
                    if (pictures.Count > 0)
                        console.MarkupLineInterpolated($"pictures in {folder} (.png and .svg): {string.Join(", ", pictures)}");
                });
            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(IAnsiConsole console, RunInsight insight, int top, double lockShare)
    {
        var (first, last) = (insight.FromIteration + 1, insight.Snapshots[^1].Iteration);
        console.MarkupLineInterpolated(
            $"{insight.Agent} in {insight.Environment}, seed {insight.Seed}: {insight.UserCount} users, {insight.ItemCount} items, slates of {insight.SlateSize}, iterations {first} to {last}{(insight.Final is null ? ", not finished" : "")}");
        foreach (var table in InsightTables.Of(insight, top, lockShare))
            console.Write(table);
        console.MarkupLineInterpolated($"{InsightTables.LockInSentence(insight, lockShare)}");
    }

    /// <summary>The files of a comparison lie in one folder: each gets one of its own, or pictures of one agent would replace those of another.</summary>
    private static string PictureFolder(string path) => Directory.Exists(path) ? path
        : Path.GetFileName(path) == InsightFile.Name ? Path.GetDirectoryName(Path.GetFullPath(path))!
        : Path.ChangeExtension(path, null) is var folder && folder != path ? folder : path + "-pictures";

    private static IReadOnlyList<string> Draw(RunInsight insight, string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserMistakeException($"The folder '{folder}' cannot be created: {fault.Message} Give --out another folder.", fault);
        }
        return InsightPlots.Draw(folder, insight);
    }
}
