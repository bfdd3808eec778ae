using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;
using RecDeepRL.Core.Options;
using RecDeepRL.Experiments;

namespace RecDeepRL.Cli.Configuration;

/// <summary>The JSON schema (draft 2020-12) of configuration files, generated from the registries, so that an editor completes and checks them.</summary>
internal static class ConfigSchema
{
    public static JsonObject Of(Catalog catalog) => new()
    {
        ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
        ["title"] = "RecDeepRL configuration",
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject
        {
            ["$schema"] = new JsonObject { ["type"] = "string" },
            ["agent"] = OneOf(catalog.Agents),
            ["environment"] = OneOf(catalog.Environments),
            ["tuned"] = new JsonObject { ["type"] = "object", ["description"] = "How 'tune' found the options: the command and what it saw. Not read." },
            ["run"] = new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = false,
                ["properties"] = new JsonObject
                {
                    ["data"] = new JsonObject { ["type"] = new JsonArray("string", "null"), ["description"] = "Folder with the original project's data; null for the built-in population." },
                    ["warmStart"] = new JsonObject { ["type"] = new JsonArray("string", "null"), ["description"] = "Folder of an interaction log to learn from first; null for a cold start." },
                    ["seed"] = new JsonObject { ["type"] = "integer", ["description"] = "Seed of population, coins and agent." },
                    ["iterations"] = new JsonObject { ["type"] = new JsonArray("integer", "null"), ["minimum"] = 1, ["description"] = "Rounds of the run; null for the environment's own number." },
                    ["device"] = new JsonObject { ["type"] = "string", ["pattern"] = "^(cpu|auto|cuda(:[0-9]+)?)$", ["description"] = "Where tensors live." },
                },
            },
        },
    };

    /// <summary>The schema of a file with settings alone, each by its name.</summary>
    public static JsonObject Of(string title, Type settingsType)
    {
        var properties = new JsonObject { ["$schema"] = new JsonObject { ["type"] = "string" } };
        foreach (var setting in OptionDescription.Of(settingsType))
            properties[setting.Name] = Describe(setting);
        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = title,
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = properties,
        };
    }

    private static JsonObject OneOf(IReadOnlyList<IComponentDescription> all, string key = "name") => new()
    {
        ["oneOf"] = new JsonArray([.. all.Select(one =>
        {
            var properties = new JsonObject { [key] = new JsonObject { ["enum"] = new JsonArray([.. one.Aliases.Prepend(one.Name).Select(name => (JsonNode)name)]), ["description"] = one.Summary } };
            foreach (var option in OptionDescription.Of(one.OptionsType))
                properties[option.Name] = Describe(option);
            return (JsonNode)new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["required"] = new JsonArray(key), ["properties"] = properties };
        })]),
    };

    private static JsonObject Describe(OptionDescription option)
    {
        var type = option.ValueType == typeof(bool) ? "boolean" : option.ValueType == typeof(double) ? "number"
            : option.ValueType == typeof(string) || option.ValueType.IsEnum ? "string"
            : option.ValueType == typeof(int) || option.ValueType == typeof(long) ? "integer" : "array";
        var schema = new JsonObject
        {
            ["description"] = $"{option.Meaning} Allowed: {option.Allowed}.",
            ["type"] = option.IsOptional ? new JsonArray(type, "null") : type,
            ["default"] = OptionJson.Of(option.Default),
        };
        if (type == "array")
        {
            schema["items"] = option.Parts is { } parts ? PartOf(parts.Descriptions)
                : option.ValueType == typeof(ValueList<double>) ? Bounded(new JsonObject { ["type"] = "number" }, option.Range)
                : new JsonObject { ["type"] = "string" };
            return schema;
        }
        if (option.ValueType.IsEnum)
            schema["enum"] = new JsonArray([.. Enum.GetNames(option.ValueType).Select(name => (JsonNode?)OptionText.EnumName(name)), .. option.IsOptional ? new JsonNode?[] { null } : []]);
        return Bounded(schema, option.Range);
    }

    /// <summary>An object with a kind and its options, or the kind alone.</summary>
    private static JsonObject PartOf(IReadOnlyList<IComponentDescription> all)
    {
        var schema = OneOf(all, "kind");
        schema["oneOf"]!.AsArray().Add(new JsonObject { ["enum"] = new JsonArray([.. all.Select(one => (JsonNode)one.Name)]) });
        return schema;
    }

    private static JsonObject Bounded(JsonObject schema, RangeAttribute? range)
    {
        if (range is null)
            return schema;
        schema[range.MinimumIsExclusive ? "exclusiveMinimum" : "minimum"] = Number(range.Minimum);
        if (!RangeText.IsUnbounded(range))
            schema[range.MaximumIsExclusive ? "exclusiveMaximum" : "maximum"] = Number(range.Maximum);
        return schema;
    }

    private static JsonValue Number(object bound) => bound is int or long
        ? JsonValue.Create(Convert.ToInt64(bound, CultureInfo.InvariantCulture))
        : JsonValue.Create(Convert.ToDouble(bound, CultureInfo.InvariantCulture));
}
