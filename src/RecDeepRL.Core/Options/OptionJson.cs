using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RecDeepRL.Core.Options;

/// <summary>Values of options as JSON, each as the JSON type that it has.</summary>
public static class OptionJson
{
    private static readonly JsonSerializerOptions s_compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>How JSON that people write is read: comments and commas too many are allowed.</summary>
    public static JsonDocumentOptions Lenient { get; } = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <returns>None, which JSON calls null, for an option that is absent.</returns>
    public static JsonNode? Of(object? value) => value switch
    {
        Enum => OptionText.Format(value),
        // JSON has no NaN and no infinities: they go as texts, for whoever checks the range to find.
        ValueList<double> numbers => new JsonArray([.. numbers.Select(number => double.IsFinite(number) ? (JsonNode)number : OptionText.Format(number))]),
        ValueList<string> texts => new JsonArray([.. texts.Select(text => (JsonNode)text)]),
        PartList parts => JsonNode.Parse(parts.ToString()),
        _ => JsonSerializer.SerializeToNode(value),
    };

    /// <summary>A JSON value as the user would type it as an option; lists and objects as JSON without spaces.</summary>
    public static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "none",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetRawText(),
        _ => JsonSerializer.Serialize(value, s_compact),
    };

    /// <summary>Without spaces, letters of every script as they are.</summary>
    internal static string Compact(JsonNode? node) => node?.ToJsonString(s_compact) ?? "null";
}
