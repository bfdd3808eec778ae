using System.Text.Json;
using System.Text.Json.Serialization;
using RecDeepRL.Core;

namespace RecDeepRL.Experiments;

/// <summary>How results are written as JSON: camel case, indented; numbers that are none by name. Read without trust.</summary>
public static class ResultJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        NewLine = "\n",
        TypeInfoResolver = StrictJson.Resolver,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };
}
