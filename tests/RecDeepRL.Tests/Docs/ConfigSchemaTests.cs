using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace RecDeepRL.Tests.Docs;

/// <summary>configs/schema.json, judged by a library of its own: every configuration of the project fits, and mistakes do not.</summary>
public sealed class ConfigSchemaTests
{
    private static readonly string s_configs = Path.Combine(Repository.Root, "configs");
    private static readonly Lazy<JsonSchema> s_schema = new(() => JsonSchema.FromText(File.ReadAllText(Path.Combine(s_configs, "schema.json"))));

    [Fact]
    public void EveryConfigurationFits()
    {
        var files = Directory.GetFiles(s_configs, "*.json", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) is not ("schema.json" or "cluster.json" or "cluster-schema.json") && !path.Contains(".tuning", StringComparison.Ordinal)).ToList();
        Assert.True(files.Count > 60, $"{files.Count} files");
        Assert.All(files, path =>
        {
            var text = File.ReadAllText(path);
            Assert.True(Fits(text), path);
            // The editor finds the schema where the file says it is.
            if (JsonNode.Parse(text)!["$schema"] is { } schema)
                Assert.Equal(Path.Combine(s_configs, "schema.json"), Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, schema.GetValue<string>())));
        });
    }

    [Theory]
    [InlineData("""{ "agent": { "name": "ddpg", "discount": 0.9 }, "environment": { "name": "task2" }, "run": { "seed": 3, "device": "cuda:1", "data": null } }""", true)]
    [InlineData("""{ "agent": { "name": "ucb" }, "tuned": { "importance": { "exploration": 1 } } }""", true)]
    [InlineData("""{ "agent": { "name": "ucb", "selection": "virtual" } }""", true)]
    [InlineData("""{ "agent": { "name": "ddpg", "discount": 1 } }""", false)] // In [0, 1).
    [InlineData("""{ "agent": { "name": "ddpg", "discont": 0.9 } }""", false)]
    [InlineData("""{ "agent": { "name": "dpg" } }""", false)]
    [InlineData("""{ "agent": { "name": "ucb", "selection": "best" } }""", false)] // None of its values.
    [InlineData("""{ "agent": { "name": "linucb", "bias": "yes" } }""", false)]
    [InlineData("""{ "environment": { "name": "popular", "users": 2.5 } }""", false)]
    [InlineData("""{ "run": { "device": "gpu" } }""", false)]
    [InlineData("""{ "run": { "iterations": 0 } }""", false)]
    [InlineData("""{ "agents": {} }""", false)]
    public void TheSchemaTellsRightFromWrong(string config, bool fits) => Assert.Equal(fits, Fits(config));

    [Fact]
    public void EveryOptionTellsAnEditorItsMeaningAndDefault()
    {
        var schema = JsonNode.Parse(File.ReadAllText(Path.Combine(s_configs, "schema.json")))!;
        var options = new[] { "agent", "environment" }
            .SelectMany(section => schema["properties"]![section]!["oneOf"]!.AsArray())
            .SelectMany(one => one!["properties"]!.AsObject().Where(option => option.Key != "name")).ToList();
        Assert.True(options.Count > 300, $"{options.Count} options");
        Assert.All(options, option =>
        {
            Assert.True(option.Value!["description"]!.GetValue<string>().Length > 10, option.Key);
            Assert.True(option.Value.AsObject().ContainsKey("default"), option.Key);
        });
        var discount = schema["properties"]!["agent"]!["oneOf"]!.AsArray().Single(one => one!["properties"]!["name"]!["enum"]![0]!.GetValue<string>() == "ddpg")!["properties"]!["discount"]!;
        Assert.Equal((0, 1), (discount["minimum"]!.GetValue<double>(), discount["exclusiveMaximum"]!.GetValue<double>()));
    }

    [Theory]
    [InlineData("""{ "clusterId": "a", "siloPort": 12000, "cells": null, "clustering": "localhost", "device": "cuda:1" }""", true)]
    [InlineData("""{ "silo": 12000 }""", false)]
    [InlineData("""{ "siloPort": 0 }""", false)]
    [InlineData("""{ "clustering": "zookeeper" }""", false)]
    public void TheClusterHasASchemaOfItsOwn(string text, bool fits)
    {
        var schema = JsonSchema.FromText(File.ReadAllText(Path.Combine(s_configs, "cluster-schema.json")));
        using var document = JsonDocument.Parse(text);
        using var example = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_configs, "cluster.json")));
        Assert.Equal(fits, schema.Evaluate(document.RootElement).IsValid);
        Assert.True(schema.Evaluate(example.RootElement).IsValid);
    }

    private static bool Fits(string config)
    {
        using var document = JsonDocument.Parse(config, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        return s_schema.Value.Evaluate(document.RootElement).IsValid;
    }
}
