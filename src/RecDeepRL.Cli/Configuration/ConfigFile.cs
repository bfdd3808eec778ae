using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Experiments;

namespace RecDeepRL.Cli.Configuration;

/// <summary>A JSON configuration: sections <c>agent</c> and <c>environment</c> with a name and options, and <c>run</c> with data, warmStart, seed, iterations and device.
/// Each section may be absent. What a run writes beside its results can be read back. A section <c>tuned</c> tells how a search found the options; it is not read.</summary>
internal sealed class ConfigFile
{
    private static readonly string[] s_runKeys = ["data", "warmStart", "seed", "iterations", "device"];

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string? Agent { get; private set; }

    public string? Environment { get; private set; }

    public Dictionary<string, string> AgentOptions { get; } = [];

    public Dictionary<string, string> EnvironmentOptions { get; } = [];

    /// <summary>Values of <c>data</c>, <c>warmStart</c>, <c>seed</c>, <c>iterations</c> and <c>device</c>.</summary>
    public Dictionary<string, string> Run { get; } = [];

    /// <exception cref="UserMistakeException">The file is missing, not JSON, or holds something unknown.</exception>
    public static ConfigFile Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), OptionJson.Lenient);
            var config = new ConfigFile();
            foreach (var section in Entries(document.RootElement, path, "as a whole"))
                config.ReadSection(section, path);
            return config;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException($"The configuration '{path}' cannot be read: {fault.Message}", fault);
        }
        catch (Exception fault) when (StrictJson.IsDamage(fault))
        {
            throw new UserMistakeException($"The configuration '{path}' is not valid JSON of the expected form: {fault.Message.ReplaceLineEndings(" ")} The files in configs/ show the form.", fault);
        }
    }

    /// <summary>The text of a configuration that repeats a run.</summary>
    /// <param name="plan">Resolved.</param>
    /// <param name="device">As the user would write it; none to leave it open.</param>
    /// <param name="iterations">Rounds of the run, without those of a log it starts from; none to leave it open.</param>
    public static string Write(RunPlan plan, ComponentTypes types, string? device, int? iterations)
    {
        var run = new JsonObject { ["seed"] = plan.Seed };
        if (plan.DataFolder is not null)
            run["data"] = plan.DataFolder;
        if (plan.WarmStart is not null)
            run["warmStart"] = plan.WarmStart;
        if (iterations is not null)
            run["iterations"] = iterations;
        if (device is not null)
            run["device"] = device;
        return new JsonObject
        {
            ["agent"] = Section(plan.Agent, plan.AgentOptions, types.Agent),
            ["environment"] = Section(plan.Environment, plan.EnvironmentOptions, types.Environment),
            ["run"] = run,
        }.ToJsonString(s_json) + "\n";
    }

    /// <summary>A name with its options, each as the JSON type that it has.</summary>
    public static JsonObject Section(string name, IReadOnlyDictionary<string, string> options, Type optionsType)
    {
        var section = new JsonObject { ["name"] = name };
        foreach (var option in OptionDescription.Of(optionsType))
        {
            if (options.TryGetValue(option.Name, out var text) && OptionText.TryParse(option, text, out var value))
                section[option.Name] = OptionJson.Of(value);
        }
        return section;
    }

    public static string Format(JsonObject content) => content.ToJsonString(s_json) + "\n";

    private void ReadSection(JsonProperty section, string path)
    {
        switch (section.Name)
        {
            case "$schema" or "tuned":
                break;
            case "agent":
                Agent = ReadOptions(section, AgentOptions, path) ?? Agent;
                break;
            case "environment":
                Environment = ReadOptions(section, EnvironmentOptions, path) ?? Environment;
                break;
            case "run":
                foreach (var entry in Entries(section.Value, path, "in its section 'run'"))
                {
                    if (!s_runKeys.Contains(entry.Name))
                        throw new UserMistakeException($"The configuration '{path}' has an unknown entry 'run.{entry.Name}'.{NearName.Suggest(entry.Name, s_runKeys)} Allowed are {string.Join(", ", s_runKeys)}.");
                    Run[entry.Name] = OptionJson.TextOf(entry.Value);
                }
                break;
            default:
                throw new UserMistakeException($"The configuration '{path}' has an unknown section '{section.Name}'. Allowed are agent, environment, run and tuned.");
        }
    }

    private static string? ReadOptions(JsonProperty section, Dictionary<string, string> options, string path)
    {
        string? name = null;
        foreach (var entry in Entries(section.Value, path, $"in its section '{section.Name}'"))
        {
            if (entry.Name != "name")
                options[entry.Name] = OptionJson.TextOf(entry.Value);
            else if (entry.Value.ValueKind is JsonValueKind.String or JsonValueKind.Null)
                name = entry.Value.GetString();
            else
                throw new UserMistakeException($"The configuration '{path}' is wrong: {section.Name}.name was {OptionText.Received(OptionJson.TextOf(entry.Value))}, must be the name of an {section.Name} in quotes, or null.");
        }
        return name;
    }

    /// <exception cref="UserMistakeException">The value is no JSON object.</exception>
    private static JsonElement.ObjectEnumerator Entries(JsonElement value, string path, string where) => value.ValueKind == JsonValueKind.Object
        ? value.EnumerateObject()
        : throw new UserMistakeException($"The configuration '{path}' is wrong {where}: it was {OptionText.Received(OptionJson.TextOf(value))}, must be a JSON object such as {{\"name\": \"value\"}}. The files in configs/ show the form.");
}

/// <summary>The option records of an agent and an environment.</summary>
internal sealed record ComponentTypes(Type Agent, Type Environment)
{
    public static ComponentTypes Of(Catalog catalog, RunPlan plan) =>
        new(catalog.Agents.Find("agent", plan.Agent).OptionsType, catalog.Environments.Find("environment", plan.Environment).OptionsType);
}
