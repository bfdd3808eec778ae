using System.Text.Json;
using System.Text.Json.Serialization;
using RecDeepRL.Core;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.OffPolicy;
using RecDeepRL.Reporting;

namespace RecDeepRL.Cli.Commands;

/// <summary>All that <c>ope</c> finds, as it is written to a file.</summary>
/// <param name="Log">Folder of the log.</param>
/// <param name="Logger">Who wrote it.</param>
/// <param name="Target">The agent in question.</param>
/// <param name="Settings">How it was evaluated.</param>
/// <param name="Result">What the log says.</param>
/// <param name="Remarks">What to keep in mind.</param>
/// <param name="Repeats">What fresh logs say, against the truth; empty without <c>--against-truth</c>.</param>
/// <param name="Qualities">What this makes of the estimators.</param>
internal sealed record OpeReport(
    string Log, RunPlan Logger, RunPlan Target, OffPolicySettings Settings, OffPolicyResult Result, IReadOnlyList<string> Remarks,
    IReadOnlyList<OffPolicyResult> Repeats, IReadOnlyList<EstimatorQuality> Qualities);

/// <summary>The folder that <c>ope --out</c> writes.</summary>
internal sealed class OpeFiles(string folder)
{
    public const string Json = "ope.json";

    private static readonly JsonSerializerOptions s_json = new(ResultJson.Options) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) } };

    /// <returns>None where no folder is named.</returns>
    /// <exception cref="UserMistakeException">The folder holds results already, or cannot be made.</exception>
    public static OpeFiles? Checked(string? folder, bool force)
    {
        if (folder is null)
            return null;
        if (File.Exists(folder))
            throw new UserMistakeException($"'{folder}' is a file. Give --out a folder.");
        if (File.Exists(Path.Combine(folder, Json)) && !force)
            throw new UserMistakeException($"'{Path.Combine(folder, Json)}' exists already. Give --out another folder, or --force to replace it.");
        return new OpeFiles(folder);
    }

    public void Write(OpeReport report)
    {
        Directory.CreateDirectory(folder);
        OffPolicyPlots.Estimates(Path.Combine(folder, "estimates"), $"{report.Target.Agent} by the log of {report.Logger.Agent} in {report.Logger.Environment}", report.Result);
        if (report.Qualities.Count > 0)
            OffPolicyPlots.Errors(Path.Combine(folder, "errors"), $"Errors over {report.Repeats.Count} logs of {report.Logger.Agent}: {report.Target.Agent} in {report.Logger.Environment}", report.Qualities);
        AtomicFile.WriteAllText(Path.Combine(folder, Json), JsonSerializer.Serialize(report, s_json) + "\n");
    }
}
