using System.CommandLine;
using System.Text.Json.Nodes;
using RecDeepRL.Cli.Configuration;
using RecDeepRL.Core.Options;
using RecDeepRL.Experiments;

namespace RecDeepRL.Cli.Commands;

/// <summary><c>configs</c>: writes the default configuration of every agent and environment, and the JSON schema of them all.</summary>
internal static class ConfigsCommand
{
    public static Command Create()
    {
        var output = new Option<string>("--out") { Description = "Folder to write to; files of the same names are replaced. Default configs.", HelpName = "DIR", DefaultValueFactory = _ => "configs" };
        var command = new Command("configs", "Write the default configuration of every agent and environment, with a JSON schema.") { output };
        command.SetAction(parsed => Write(parsed.GetValue(output)!));
        return command;
    }

    private static int Write(string folder)
    {
        var catalog = CommonOptions.Catalog;
        Directory.CreateDirectory(Path.Combine(folder, "agents"));
        Directory.CreateDirectory(Path.Combine(folder, "environments"));
        AtomicFile.WriteAllText(Path.Combine(folder, "schema.json"), ConfigFile.Format(ConfigSchema.Of(catalog)));
        foreach (var agent in catalog.Agents)
            Write(folder, "agents", "agent", agent.Name, agent.OptionsType);
        foreach (var environment in catalog.Environments)
            Write(folder, "environments", "environment", environment.Name, environment.OptionsType);
        System.Console.WriteLine($"wrote schema.json, {catalog.Agents.Count} agents and {catalog.Environments.Count} environments to {folder}");
        return ExitCode.Done;
    }

    private static void Write(string folder, string group, string section, string name, Type optionsType)
    {
        var defaults = new Dictionary<string, string>(OptionsBinder.ToTexts(Activator.CreateInstance(optionsType)!));
        AtomicFile.WriteAllText(
            Path.Combine(folder, group, name + ".json"),
            ConfigFile.Format(new JsonObject { ["$schema"] = "../schema.json", [section] = ConfigFile.Section(name, defaults, optionsType) }));
    }
}
