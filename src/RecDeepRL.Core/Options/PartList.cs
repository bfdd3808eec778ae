using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RecDeepRL.Core.Options;

/// <summary>One part of a composed component as its user wrote it: a kind, and options of that kind. Nothing is checked yet.</summary>
public sealed class Part
{
    internal Part(string kind, IReadOnlyList<KeyValuePair<string, string>> options)
    {
        Kind = kind;
        Options = options;
    }

    /// <summary>The registered name of what is to be made; empty where none was given.</summary>
    public string Kind { get; }

    /// <summary>Name and text of each option given.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Options { get; }
}

/// <summary>An immutable list of parts as the value of an option. Its text is a JSON array of objects, each with a <c>kind</c> and the
/// options of that kind; where a part has no options, its kind stands for it. A single part may be written without the array.</summary>
/// <remarks>Two lists are equal where their JSON is, in order and apart from spaces.</remarks>
public sealed class PartList : IReadOnlyList<Part>, IEquatable<PartList>
{
    private const string KindName = "kind";

    private readonly string _json;
    private readonly Part[] _parts;

    private PartList(JsonElement array)
    {
        _parts = [.. array.EnumerateArray().Select(Read)];
        _json = OptionJson.TextOf(array);
    }

    public int Count => _parts.Length;

    public Part this[int index] => _parts[index];

    /// <param name="text">As its user would type it.</param>
    /// <exception cref="FormatException">The text is no list of parts.</exception>
    public static PartList Parse(string text) => TryParse(text) ?? throw new FormatException($"'{text}' is no list of parts.");

    /// <returns>None where the text is no list of parts.</returns>
    public static PartList? TryParse(string text)
    {
        text = text.Trim();
        if (text.Length == 0)
            return null;
        var json = text[0] switch
        {
            '[' => text,
            '{' => $"[{text}]",
            _ => OptionJson.Compact(new JsonArray(text)),
        };
        try
        {
            using var document = JsonDocument.Parse(json, OptionJson.Lenient);
            return document.RootElement.EnumerateArray().All(IsPart) ? new PartList(document.RootElement) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public bool Equals(PartList? other) => other is not null && _json == other._json;

    public override bool Equals(object? obj) => Equals(obj as PartList);

    public override int GetHashCode() => string.GetHashCode(_json, StringComparison.Ordinal);

    public IEnumerator<Part> GetEnumerator() => ((IEnumerable<Part>)_parts).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The JSON array, without spaces.</summary>
    public override string ToString() => _json;

    /// <summary>A list of the given kinds with the given options.</summary>
    internal static PartList Of(IEnumerable<(string Kind, IEnumerable<KeyValuePair<string, JsonNode?>> Options)> parts) =>
        Parse(OptionJson.Compact(new JsonArray([.. parts.Select(part => (JsonNode)new JsonObject(part.Options.Prepend(KeyValuePair.Create(KindName, (JsonNode?)part.Kind))))])));

    private static bool IsPart(JsonElement part) => part.ValueKind == JsonValueKind.String
        || (part.ValueKind == JsonValueKind.Object && (!part.TryGetProperty(KindName, out var kind) || kind.ValueKind == JsonValueKind.String));

    private static Part Read(JsonElement part) => part.ValueKind == JsonValueKind.String
        ? new Part(part.GetString()!, [])
        : new Part(
            part.TryGetProperty(KindName, out var kind) ? kind.GetString()! : "",
            [.. part.EnumerateObject().Where(option => option.Name != KindName).Select(option => KeyValuePair.Create(option.Name, OptionJson.TextOf(option.Value)))]);
}
