using System.CommandLine;
using System.Text.Json.Nodes;
using RecDeepRL.Cli.Configuration;
using RecDeepRL.Cluster;
using RecDeepRL.Core.Options;
using RecDeepRL.Experiments;

namespace RecDeepRL.Cli.Commands;

/// <summary><c>configs</c>: writes the default configuration of every agent and environment, and of a cluster, with their JSON schemas.</summary>
internal static class ConfigsCommand
{
    public static Command Create()
    {
        var output = new Option<string>("--out") { Description = "Folder to write to; files of the same names are replaced. Default configs.", HelpName = "DIR", DefaultValueFactory = _ => "configs" };
        var command = new Command("configs", "Write the default configuration of every agent and environment, and of a cluster, with their JSON schemas.") { output };
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
        WriteCluster(folder);
        System.Console.WriteLine($"wrote schema.json, {catalog.Agents.Count} agents, {catalog.Environments.Count} environments and cluster.json with its schema to {folder}");
        return ExitCode.Done;
    }

    private static void WriteCluster(string folder)
    {
        AtomicFile.WriteAllText(Path.Combine(folder, "cluster-schema.json"), ConfigFile.Format(ConfigSchema.Of("RecDeepRL cluster", typeof(ClusterSettings))));
        var content = new JsonObject { ["$schema"] = "cluster-schema.json" };
        foreach (var setting in OptionDescription.Of(typeof(ClusterSettings)))
            content[setting.Name] = OptionJson.Of(setting.Default);
        AtomicFile.WriteAllText(Path.Combine(folder, "cluster.json"), ConfigFile.Format(content));
    }

    private static void Write(string folder, string group, string section, string name, Type optionsType)
    {
        var defaults = new Dictionary<string, string>(OptionsBinder.ToTexts(Activator.CreateInstance(optionsType)!));
        AtomicFile.WriteAllText(
            Path.Combine(folder, group, name + ".json"),
            ConfigFile.Format(new JsonObject { ["$schema"] = "../schema.json", [section] = ConfigFile.Section(name, defaults, optionsType) }));
    }
}
