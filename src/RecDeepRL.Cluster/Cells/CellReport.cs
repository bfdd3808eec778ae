using System.Text.Json;
using System.Text.Json.Serialization;
using RecDeepRL.Core;

namespace RecDeepRL.Cluster.Cells;

/// <summary>What a worker says of a run.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CellNews>))]
internal enum CellNews
{
    /// <summary>All of the worker's places are taken: the run is to be asked of another, or later.</summary>
    Busy,

    /// <summary>The run has begun.</summary>
    Begun,

    /// <summary>Rounds were completed.</summary>
    Progress,

    /// <summary>The text is a piece of a checkpoint of the run (<see cref="CellCheckpointText"/>) after so many rounds; the pieces follow one another.</summary>
    Checkpoint,

    /// <summary>The text is what was seen of the run, as its file holds it.</summary>
    Insight,

    /// <summary>The text is the finished cell, as its file holds it. Nothing follows.</summary>
    Finished,

    /// <summary>The text is a mistake of the user's. Nothing follows.</summary>
    Mistake,

    /// <summary>The text is the message of the fault that ended the run. Nothing follows.</summary>
    Failed,
}

/// <summary>One message about a run, on its way from worker to client.</summary>
/// <param name="News">What it is about.</param>
internal sealed record CellReport(CellNews News)
{
    /// <summary>Who says so: the silo's address with its generation, see <see cref="Orleans.Runtime.SiloAddress.ToParsableString"/>.</summary>
    public string? Worker { get; init; }

    /// <summary>Rounds completed.</summary>
    public long Iteration { get; init; }

    /// <summary>Rounds of the whole run.</summary>
    public long Iterations { get; init; }

    /// <summary>Pieces of the checkpoint that follow this one.</summary>
    public int PiecesLeft { get; init; }

    public string? Text { get; init; }

    /// <summary>Of a fault, where it arose in the worker's program.</summary>
    public string? Detail { get; init; }

    public string ToText() => JsonSerializer.Serialize(this, WireJson.Options);

    /// <exception cref="InvalidDataException">The text is no such report.</exception>
    public static CellReport Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<CellReport>(text, WireJson.Options) ?? throw new JsonException("It is null.");
        }
        catch (Exception fault) when (StrictJson.IsDamage(fault))
        {
            throw new InvalidDataException($"A worker sent what is no report of a run: {fault.Message.ReplaceLineEndings(" ")}", fault);
        }
    }
}
