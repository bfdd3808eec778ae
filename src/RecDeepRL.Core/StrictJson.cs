using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RecDeepRL.Core;

/// <summary>JSON that others may have made, read as records without trust: what a type says cannot be null is not, the elements of lists and dictionaries among it.</summary>
public static class StrictJson
{
    /// <summary>For <see cref="JsonSerializerOptions.TypeInfoResolver"/>. <see cref="JsonSerializerOptions.RespectNullableAnnotations"/> looks at members only;
    /// this refuses nulls in lists and dictionaries whose elements are of a reference type. A list that may hold nulls has elements such as <c>double?</c>.</summary>
    public static IJsonTypeInfoResolver Resolver { get; } = new DefaultJsonTypeInfoResolver { Modifiers = { RefuseNullElements } };

    /// <summary>Whether an exception of the serialiser, or of what it calls, says that the text is not of the expected form.</summary>
    public static bool IsDamage(Exception fault) =>
        fault is JsonException or InvalidOperationException or NotSupportedException or FormatException or OverflowException or ArgumentException or InvalidDataException;

    private static void RefuseNullElements(JsonTypeInfo type)
    {
        if (type.Kind is not (JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary) || type.ElementType is null or { IsValueType: true })
            return;
        type.OnDeserialized += value =>
        {
            foreach (var element in value is IDictionary dictionary ? dictionary.Values : (IEnumerable)value)
            {
                if (element is null)
                    throw new JsonException($"An element of a {(type.Kind == JsonTypeInfoKind.Enumerable ? "list" : "dictionary")} is null.");
            }
        };
    }
}
