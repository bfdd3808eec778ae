using System.Text.Json;
using System.Text.Json.Serialization;

namespace RecDeepRL.Experiments;

/// <summary>How results are written as JSON: camel case, indented; numbers that are none by name.</summary>
public static class ResultJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        NewLine = "\n",
    };
}
