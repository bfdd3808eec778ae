using System.Text.Json.Nodes;
using RecDeepRL.Core.Options;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Statistics;
using RecDeepRL.Experiments.Tuning;

namespace RecDeepRL.Cli.Configuration;

/// <summary>Writes what a search found as a configuration: the options that are not as by default, and how they were found.</summary>
internal static class TunedFile
{
    public static void Write(string path, TuningCandidate best, TuningCandidate start, TuningPlan plan, SearchImportance? importance, string command)
    {
        var type = ComponentTypes.Of(Commands.CommonOptions.Catalog, best.Plan).Agent;
        var defaults = OptionsBinder.ToTexts(Activator.CreateInstance(type)!);
        var changed = best.Plan.AgentOptions.Except(defaults).ToDictionary(option => option.Key, option => option.Value);
        var content = new JsonObject();
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (File.Exists(Path.Combine("configs", "schema.json")))
            content["$schema"] = Path.GetRelativePath(folder, Path.GetFullPath(Path.Combine("configs", "schema.json"))).Replace('\\', '/');
        content["agent"] = ConfigFile.Section(best.Plan.Agent, changed, type);
        var tuned = new JsonObject
        {
            ["command"] = command,
            ["environment"] = plan.Start.Environment,
            ["decidedBy"] = OptionText.Format(plan.Metric),
            ["seeds"] = $"{plan.Seeds[0]} to {plan.Seeds[^1]}",
            ["final"] = Spread(best, row => row.Final),
            ["meanWhileTraining"] = Spread(best, row => row.TrainingMean),
            ["startFinal"] = Spread(start, row => row.Final),
            ["startMeanWhileTraining"] = Spread(start, row => row.TrainingMean),
        };
        if (importance is not null)
        {
            tuned["importance"] = new JsonObject(importance.Options.Select(one => KeyValuePair.Create(one.Option, (JsonNode?)Math.Round(one.WithOthers, 4))));
            tuned["importanceForetells"] = Math.Round(importance.Fit, 2);
        }
        content["tuned"] = tuned;
        AtomicFile.WriteAllText(path, ConfigFile.Format(content));
    }

    private static string Spread(TuningCandidate candidate, Func<Experiments.Comparison.ComparisonRow, double> figure) =>
        Reporting.EvaluationTable.Spread(Interval.Of(candidate.Rows.Select(figure)));
}
