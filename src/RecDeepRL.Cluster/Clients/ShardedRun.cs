using RecDeepRL.Cluster.Shards;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Data.Logs;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Training;
using Serilog;
using TorchSharp;

namespace RecDeepRL.Cluster.Clients;

/// <summary>How a run is divided.</summary>
/// <param name="Shards">How many parts the population is divided into, 1 to <see cref="Most"/>.</param>
/// <param name="Device">Kind of device that shards ask of their workers: <c>cpu</c> or <c>cuda</c>.</param>
/// <param name="Merging">How the learner hears of what happened; none for sums where the agent learns from them, else transitions.</param>
/// <param name="Staleness">Rounds that shards are ahead of the learner, at least 0.</param>
/// <param name="Log">Folder of the interaction log, absolute, for all workers; none for no log.</param>
public sealed record ShardSettings(int Shards, string Device, Merging? Merging, int Staleness, string? Log)
{
    /// <summary>The most shards of a run.</summary>
    public const int Most = ShardedLog.MostShards;
}

/// <summary>A run whose population is divided among the workers of a cluster, and whose agent learns here, or on them together.</summary>
public sealed class ShardedRun : IDisposable
{
    private readonly ClusterSettings _settings;
    private readonly Catalog _catalog;
    private readonly ShardSettings _shards;
    private readonly ShardedEnvironment _environment;
    private ShardedRounds? _rounds;

    private ShardedRun(ClusterSettings settings, Catalog catalog, ShardSettings shards, Merging merging, ShardedEnvironment environment, RunPair pair)
    {
        (_settings, _catalog, _shards, _environment) = (settings, catalog, shards, environment);
        (Merging, Pair) = (merging, pair);
    }

    /// <summary>The learner, and the population without its users: their state is saved and restored through it once the shards are placed.</summary>
    public RunPair Pair { get; }

    /// <summary>How the learner hears of what happened.</summary>
    public Merging Merging { get; }

    /// <summary>Makes the learner. The cluster is not asked for yet.</summary>
    /// <param name="plan">Of the run.</param>
    /// <param name="device">The learner's.</param>
    /// <exception cref="UserMistakeException">The run cannot be divided so.</exception>
    public static ShardedRun Create(ClusterSettings settings, Catalog catalog, RunPlan plan, torch.Device device, ShardSettings shards)
    {
        var resolved = plan.Resolve(catalog);
        if (catalog.Agents.Find("agent", resolved.Agent).IsBound)
            throw new UserMistakeException($"'{resolved.Agent}' is a bound, which needs the truth of the whole population; with --shards, bounds stand beside every evaluation. Train another agent, or leave --shards out.");
        if (resolved.WarmStart is not null)
            throw new UserMistakeException("A run with --shards cannot start from a log. Leave --warm-start out, or train without shards and go on with 'train --resume RUN --cluster FILE --shards N'.");
        var environment = new ShardedEnvironment(RunPair.CreateEnvironment(catalog, resolved, device, new UserRange(0, 0)));
        RunPair? pair = null;
        try
        {
            if (shards.Shards > 1 && environment.Spec.UserCount < UserBlocks.Count)
                throw new UserMistakeException($"--shards was {shards.Shards}, but the population has only {environment.Spec.UserCount} users; at least {UserBlocks.Count} are needed. Leave --shards out.");
            var learnsThere = shards.Merging == Merging.Gradients;
            pair = RunPair.Create(catalog, resolved, environment, wrap: learnsThere ? agent => AlongWithOthers(agent, resolved, environment, shards) : null);
            var fromSums = pair.Agent is ILearnsFromSums;
            if (shards.Merging == Merging.Sums && !fromSums)
                throw new UserMistakeException($"--merge was sums, but '{resolved.Agent}' does not learn from sums over users; it needs to hear what each did. Leave --merge out, or use transitions.");
            return new ShardedRun(settings, catalog, shards, shards.Merging ?? (fromSums ? Merging.Sums : Merging.Transitions), environment, pair);
        }
        catch
        {
            pair?.Dispose();
            environment.Dispose();
            throw;
        }
    }

    /// <summary>What stands here for an agent that learns on the shards.</summary>
    /// <exception cref="UserMistakeException">It cannot.</exception>
    private static ShardedAgent AlongWithOthers(IAgent agent, RunPlan plan, ShardedEnvironment environment, ShardSettings shards)
    {
        try
        {
            if (agent is not ILearnsFromGradients learner)
                throw new UserMistakeException($"--merge was gradients, but '{plan.Agent}' does not learn by steps along gradients. Leave --merge out, or use transitions.");
            RequireDivisible(learner);
            if (shards.Staleness > 0)
                throw new UserMistakeException($"--staleness was {shards.Staleness}, but with --merge gradients the shards learn, and none can be ahead of itself. Leave --staleness out, or use --merge transitions.");
            if (environment.HasDelays)
                throw new UserMistakeException("With --merge gradients feedback cannot be late: shards learn of the same round at the same time. Set delay and delaySpread to 0, or use --merge transitions.");
            return new ShardedAgent(agent, environment.Spec.UserCount);
        }
        catch
        {
            agent.Dispose();
            throw;
        }
    }

    private static void RequireDivisible(ILearnsFromGradients learner)
    {
        try
        {
            learner.RequireDivisible();
        }
        catch (UserMistakeException mistake)
        {
            throw new UserMistakeException($"{mistake.Message} With --merge transitions one does.", mistake);
        }
    }

    /// <summary>Finds the cluster and places the shards. Their users are at the beginning; where the run goes on from a checkpoint, it is to be restored afterwards.</summary>
    /// <param name="log">Told where shards are, who comes and goes, and what Orleans warns of.</param>
    /// <returns>To be disposed before this.</returns>
    /// <exception cref="UserMistakeException">No worker fits, they have too few places, or the interaction log cannot be begun or gone on with.</exception>
    /// <exception cref="OperationCanceledException">It was called off.</exception>
    public IRecoverableRounds Place(ILogger log, CancellationToken cancellation)
    {
        var connection = ClusterConnection.ConnectAsync(_settings, _catalog, _shards.Device, log, cancellation).GetAwaiter().GetResult();
        return Place(connection, cancellation);
    }

    /// <summary>With a connection that is there already. Ownership passes to the result.</summary>
    internal IRecoverableRounds Place(ClusterConnection connection, CancellationToken cancellation)
    {
        var (plan, spec) = (Pair.Plan, _environment.Spec);
        var orders = Enumerable.Range(0, _shards.Shards)
            .Select(shard => new ShardOrder(connection.Build, connection.Device, plan, spec.UserCount, shard, _shards.Shards, Merging, MeasureOracle: true) { Log = _shards.Log, LogPatience = _settings.Patience.TotalSeconds }).ToList();
        var links = new RemoteShards(connection, orders, spec.PopulationFingerprint);
        try
        {
            links.PlaceAsync(waits: false, cancellation).GetAwaiter().GetResult();
            if (_shards.Log is { } folder)
            {
                ShardedLog.Begin(
                    folder, _shards.Shards, _environment.Iteration,
                    new LoggedRun(0, plan.Agent, plan.AgentOptions, plan.Environment, plan.EnvironmentOptions, plan.DataFolder, spec.PopulationFingerprint, spec.SlateSize, plan.Seed));
            }
            return _rounds = new ShardedRounds(Pair, links, Merging, _shards.Staleness);
        }
        catch
        {
            links.Dispose();
            throw;
        }
    }

    /// <summary>Writes each shard's part in every round to <c>shards.csv</c> from now on.</summary>
    /// <param name="folder">The run folder.</param>
    /// <returns>To be disposed to end it.</returns>
    public IDisposable Record(string folder)
    {
        var table = new ShardTable(folder, _environment.Iteration);
        if (_rounds is { } rounds)
            rounds.Played = table.Add;
        return table;
    }

    public void Dispose()
    {
        Pair.Dispose();
        _environment.Dispose();
    }
}
