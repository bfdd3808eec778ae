using System.CommandLine;
using System.Runtime.CompilerServices;
using RecDeepRL.Cluster;

namespace RecDeepRL.Cli.Commands;

/// <summary><c>cluster</c>: what a cluster needs before its workers.</summary>
internal static class ClusterCommand
{
    public static Command Create() => new("cluster", "Prepare a cluster for its workers.") { SchemaCommand() };

    private static Command SchemaCommand()
    {
        var cluster = new Option<string>("--cluster") { Description = "File that describes the cluster, with clustering postgresql.", HelpName = "FILE", Required = true };
        var command = new Command("schema", "Make the tables in which Orleans keeps who is in the cluster, where its PostgreSQL data base has none.") { cluster };
        command.SetAction(parsed => Apply(parsed.GetValue(cluster)!));
        return command;
    }

    /// <remarks>Apart from the rest, so that nothing of the cluster's room is loaded where it is not asked for.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Apply(string path)
    {
        var settings = ClusterFile.Read(path);
        System.Console.WriteLine(ClusterSchema.Apply(settings)
            ? $"made the tables of clusters in the data base of '{settings.ClusterId}'"
            : $"the data base of '{settings.ClusterId}' has the tables of clusters already");
        return ExitCode.Done;
    }
}
