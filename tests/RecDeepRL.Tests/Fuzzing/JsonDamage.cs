using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RecDeepRL.Tests.Fuzzing;

/// <summary>Damages a JSON document that stays JSON: other values, other types, missing, renamed and repeated members, deep nesting.</summary>
internal static class JsonDamage
{
    private static readonly JsonSerializerOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Of(byte[] content, Random random)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(content);
        }
        catch (JsonException)
        {
            return Damage.Bytes(content, random);
        }
        for (var edits = 1 + (random.Next(3) == 0 ? random.Next(4) : 0); edits > 0; edits--)
            root = Edit(root, random);
        var text = root?.ToJsonString(s_options) ?? "null";
        // What no tree of nodes can hold: a member twice, and nesting that would exhaust the stack of whoever built it.
        return Encoding.UTF8.GetBytes(random.Next(25) switch
        {
            0 when text.StartsWith('{') && text.Length > 2 => "{" + text[1..^1] + "," + text[1..],
            1 => string.Concat(Enumerable.Repeat("[", 5000)) + text,
            _ => text,
        });
    }

    private static JsonNode? Edit(JsonNode? root, Random random)
    {
        // A random walk down: every level is as likely, where a list of all nodes would nearly always give a number deep in an array.
        var node = root;
        for (var depth = random.Next(6); depth > 0; depth--)
        {
            if (node is JsonObject { Count: > 0 } members && members.ElementAt(random.Next(members.Count)).Value is { } member)
                node = member;
            else if (node is JsonArray { Count: > 0 } elements && elements[random.Next(elements.Count)] is { } element)
                node = element;
            else
                break;
        }
        if (node?.Parent is not { } parent)
            return random.Next(10) == 0 ? Value(node, random) : root;
        switch (parent)
        {
            case JsonObject owner:
                var name = owner.First(one => ReferenceEquals(one.Value, node)).Key;
                switch (random.Next(6))
                {
                    case 0:
                        owner.Remove(name);
                        break;
                    case 1:
                        owner.Remove(name);
                        owner[random.Next(2) == 0 ? Hostile.Text(random) : name.ToUpperInvariant()] = node;
                        break;
                    case 2:
                        owner[Hostile.Text(random)] = node.DeepClone();
                        break;
                    default:
                        owner[name] = Value(node, random);
                        break;
                }
                break;
            case JsonArray list:
                var index = list.IndexOf(node);
                switch (random.Next(5))
                {
                    case 0:
                        list.RemoveAt(index);
                        break;
                    case 1:
                        for (var copies = 1 << random.Next(7); copies > 0; copies--)
                            list.Insert(index, node.DeepClone());
                        break;
                    case 2:
                        list.Clear();
                        break;
                    default:
                        list[index] = Value(node, random);
                        break;
                }
                break;
        }
        return root;
    }

    /// <summary>Most often of the kind that was there, so that it gets past the types.</summary>
    private static JsonNode? Value(JsonNode? old, Random random) => (old?.GetValueKind(), random.Next(10)) switch
    {
        (JsonValueKind.Number, < 7) => JsonNode.Parse(Hostile.Number(random)),
        (JsonValueKind.String, < 7) => JsonValue.Create(random.Next(3) == 0 ? Hostile.Number(random) : Hostile.Text(random)),
        (JsonValueKind.True or JsonValueKind.False, < 5) => JsonValue.Create(!old!.GetValue<bool>()),
        (_, 0) => null,
        (_, 1) => new JsonArray(),
        (_, 2) => new JsonObject(),
        (_, 3) => JsonValue.Create(random.Next(2) == 0),
        (_, 4 or 5) => JsonValue.Create(Hostile.Text(random)),
        (_, 6 or 7) => JsonNode.Parse(Hostile.Number(random)),
        _ => new JsonArray(old?.DeepClone(), old?.DeepClone()),
    };
}
