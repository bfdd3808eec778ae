using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using RecDeepRL.Experiments;

namespace RecDeepRL.Cluster.Cells;

/// <summary>How messages between clients and workers are written: as results are, on one line. Read without trust; what is unknown is refused by name.</summary>
internal static class WireJson
{
    public static JsonSerializerOptions Options { get; } = new(ResultJson.Options)
    {
        WriteIndented = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // Results are texts within a text: their quotes need no more than a backslash.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
