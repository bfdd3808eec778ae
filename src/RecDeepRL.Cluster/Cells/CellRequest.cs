using System.Text.Json;
using RecDeepRL.Core;
using RecDeepRL.Experiments;

namespace RecDeepRL.Cluster.Cells;

/// <summary>What a client sends a worker: a run to carry out.</summary>
/// <param name="Build">Of the client's program, see <see cref="Experiments.Comparison.ProgramBuild"/>; another build does not carry it out.</param>
/// <param name="Device">Kind of device: cpu or cuda.</param>
/// <param name="Plan">Resolved. Its folders are paths on the worker's machine.</param>
/// <param name="LooksInto">Whether the run is looked into.</param>
internal sealed record CellRequest(string Build, string Device, RunPlan Plan, bool LooksInto)
{
    /// <summary>See <see cref="Experiments.Comparison.CellOrder.InsightEvery"/>.</summary>
    public int? InsightEvery { get; init; }

    /// <summary>Where the run goes on from, as the worker that was lost has sent it (<see cref="CellCheckpointText"/>); none for its beginning.</summary>
    public string? From { get; init; }

    public string ToText() => JsonSerializer.Serialize(this, WireJson.Options);

    /// <exception cref="UserMistakeException">The text is no such request.</exception>
    public static CellRequest Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<CellRequest>(text, WireJson.Options) ?? throw new JsonException("It is null.");
        }
        catch (Exception fault) when (StrictJson.IsDamage(fault))
        {
            throw new UserMistakeException($"What was asked of the worker is no run: {fault.Message.ReplaceLineEndings(" ")} Use the same build of the program everywhere.", fault);
        }
    }
}
