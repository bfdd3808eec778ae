using System.Globalization;
using System.Text.Json;
using RecDeepRL.Cli.Display;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Data.Datasets;
using RecDeepRL.Experiments;
using RecDeepRL.Reporting;
using RecDeepRL.Simulation.Learning;

namespace RecDeepRL.Cli.Commands;

/// <summary><c>response fit</c>: from a dataset to a folder that environments read.</summary>
internal static class ResponseFit
{
    public static int Run(ComponentRegistration<LearningContext, IResponseLearner> model, object options, string data, string output, long seed, int threads)
    {
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(output));
        if (Path.Exists(target))
            throw new UserMistakeException($"'{output}' exists already, and a fit never overwrites. Give --out a folder that does not exist yet.");
        var dataset = Read(data);
        System.Console.WriteLine($"{model.Name} on '{dataset.Name}': {dataset.Interactions.RowCount} interactions, seed {seed}, {threads} thread{(threads == 1 ? "" : "s")}");
        var learned = model.Create(new LearningContext(dataset, seed, threads, System.Console.WriteLine), options).Fit();
        Write(learned, target);
        Answer.Give(new { folder = output, report = learned.Report }, console => ResponseScreen.Show(console, learned.Report));
        System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"wrote {output} after {learned.Report.Seconds:F1} s; go on with: train AGENT --env {learned.Report.Environment} --data {output}"));
        return ExitCode.Done;
    }

    /// <summary>Beside the target first, so that nobody ever sees a part of it.</summary>
    private static void Write(LearnedResponses learned, string target)
    {
        var part = $"{target}.part-{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory(part);
            learned.Write(part);
            AtomicFile.WriteAllText(Path.Combine(part, LearnedReport.FileName), JsonSerializer.Serialize(learned.Report, ResultJson.Options) + "\n");
            ReliabilityPlot.Draw(Path.Combine(part, "reliability"), ResponseScreen.TitleOf(learned.Report), ResponseScreen.CurvesOf(learned.Report));
            Directory.Move(part, target);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException($"'{target}' cannot be written: {fault.Message} Free space or choose another folder.", fault);
        }
        finally
        {
            if (Directory.Exists(part))
                Directory.Delete(part, recursive: true);
        }
    }

    /// <summary>An imported data set, or one as its publisher packs it.</summary>
    private static Dataset Read(string path) =>
        DatasetFolder.Holds(path) ? DatasetFolder.Read(path) : DatasetSource.Read(path);
}
