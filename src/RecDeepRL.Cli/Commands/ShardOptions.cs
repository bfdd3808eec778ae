using System.CommandLine;
using System.Runtime.CompilerServices;
using RecDeepRL.Cluster;
using RecDeepRL.Cluster.Clients;
using RecDeepRL.Cluster.Shards;
using RecDeepRL.Core;
using RecDeepRL.Data.Logs;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Training;
using Serilog;
using TorchSharp;

namespace RecDeepRL.Cli.Commands;

/// <summary>The options that divide a run among the workers of a cluster.</summary>
internal sealed class ShardOptions
{
    private readonly Option<string?> _cluster = new("--cluster")
    {
        Description = "Divide the population among the workers of the cluster that a file describes, such as configs/cluster.json ('worker' starts one); goes with --shards.",
        HelpName = "FILE",
    };

    private readonly NumberOption<int?> _shards = new("--shards", least: 1, most: ShardedLog.MostShards)
    {
        Description = "Parts that the population is divided into, each on a worker; the agent learns here, on --device. Goes with --cluster.",
        HelpName = "N",
    };

    private readonly WordOption<ShardDevice> _device = new("--shard-device") { Description = "Kind of device that shards ask of their workers: cpu or cuda. Default cpu.", HelpName = "D" };

    private readonly WordOption<ShardMerging> _merge = new("--merge")
    {
        Description = "How the agent learns of what happens on shards: sums over users, or transitions, all that users were shown and did, reach the learner; or gradients, and the shards learn. Default: sums where the agent learns from them, else transitions.",
        HelpName = "M",
    };

    private readonly NumberOption<int?> _staleness = new("--staleness", least: 0, most: 1000)
    {
        Description = "Rounds that shards are ahead of the agent, so that neither waits for the other. Default 0.",
        HelpName = "N",
    };

    private readonly Option<string?> _log = new("--log") { Description = "Folder for an interaction log, of which every shard writes its part; the same path for all workers. Goes with --shards. Default: none.", HelpName = "DIR" };

    public IReadOnlyList<Option> All => [_cluster, _shards, _device, _merge, _staleness, _log];

    /// <returns>What was asked for; none where the run is not to be divided.</returns>
    /// <exception cref="UserMistakeException">One option without another that it needs.</exception>
    public ShardRequest? Read(ParseResult parsed)
    {
        var (cluster, shards) = (parsed.GetValue(_cluster), parsed.GetValue(_shards));
        if (cluster is null || shards is null)
        {
            var missing = cluster is null ? "--cluster FILE, whose workers hold the shards" : "--shards N, the parts of the population";
            return All.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } given
                ? throw new UserMistakeException($"{given.Name} was given without {missing}. Give both, or neither.")
                : null;
        }
        return new ShardRequest(
            cluster, shards.Value, parsed.GetValue(_device), parsed.GetResult(_merge) is null ? null : parsed.GetValue(_merge), parsed.GetValue(_staleness) ?? 0,
            parsed.GetValue(_log) is { } log ? Path.GetFullPath(log) : null);
    }
}

/// <summary>Kind of device of a shard.</summary>
internal enum ShardDevice
{
    Cpu,
    Cuda,
}

/// <summary>See <see cref="Merging"/>.</summary>
internal enum ShardMerging
{
    Sums,
    Transitions,
    Gradients,
}

/// <summary>A run to be divided.</summary>
/// <param name="Cluster">Path of the file that describes the cluster.</param>
/// <param name="Log">Absolute, or none.</param>
internal sealed record ShardRequest(string Cluster, int Shards, ShardDevice Device, ShardMerging? Merging, int Staleness, string? Log)
{
    /// <summary>Makes the learner of a divided run.</summary>
    /// <param name="device">The learner's.</param>
    /// <exception cref="UserMistakeException">The file is wrong, or the run cannot be divided so.</exception>
    /// <remarks>Apart from the rest, so that nothing of the cluster's room is loaded where it is not asked for.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public DividedRun Create(RunPlan plan, torch.Device device)
    {
        var settings = ClusterFile.Read(Cluster);
        var merging = Merging switch
        {
            null => (Merging?)null,
            ShardMerging.Sums => RecDeepRL.Cluster.Shards.Merging.Sums,
            ShardMerging.Gradients => RecDeepRL.Cluster.Shards.Merging.Gradients,
            _ => RecDeepRL.Cluster.Shards.Merging.Transitions,
        };
        var run = ShardedRun.Create(settings, CommonOptions.Catalog, plan, device, new ShardSettings(Shards, Device == ShardDevice.Cpu ? "cpu" : "cuda", merging, Staleness, Log));
        var learning = run.Merging switch
        {
            RecDeepRL.Cluster.Shards.Merging.Sums => "the agent learns here, of sums over users",
            RecDeepRL.Cluster.Shards.Merging.Transitions => "the agent learns here, of all that users were shown and did",
            _ => "the agent learns there, by the sum of the shards' gradients",
        };
        return new DividedRun(
            run.Pair,
            $"{Shards} shards on the workers of the cluster {settings.ClusterId}; {learning}{(Staleness > 0 ? $", {Staleness} rounds behind" : "")}{(Log is null ? "" : $"; log {Log}")}",
            run.Place, run.Record, run);
    }
}

/// <summary>A run whose population is divided among others.</summary>
/// <param name="Pair">The learner, and the population without its users.</param>
/// <param name="Description">How it is divided, for people.</param>
/// <param name="Place">Finds those others. Where the run goes on from a checkpoint, it is to be restored afterwards. The caller disposes.</param>
/// <param name="Record">Writes to a run folder what each of them did, until it is disposed.</param>
/// <param name="Owner">Is disposed at last, and the pair with it.</param>
internal sealed record DividedRun(RunPair Pair, string Description, Func<ILogger, CancellationToken, IRecoverableRounds> Place, Func<string, IDisposable> Record, IDisposable Owner);
