using System.Threading.Channels;
using RecDeepRL.Cluster.Clients;
using RecDeepRL.Cluster.Shards;
using RecDeepRL.Core;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Training;
using RecDeepRL.Tests.Experiments;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Cluster;

/// <summary>Shards in this process, which speak in the same bytes as those of a cluster, and can be lost at will.</summary>
internal sealed class LocalShards : IShardLinks
{
    private readonly IReadOnlyList<ShardOrder> _orders;
    private readonly List<Link> _links;

    private LocalShards(IReadOnlyList<ShardOrder> orders)
    {
        _orders = orders;
        _links = [.. orders.Select(order => new Link(order))];
    }

    public IReadOnlyList<IShardLink> All => [.. _links];

    /// <summary>Loses a shard when it has answered this many commands more; with it goes what it holds.</summary>
    public void Lose(int shard, int after) => _links[shard].AnswersLeft = after;

    public int Recoveries { get; private set; }

    public void Recover(CancellationToken cancellation)
    {
        Recoveries++;
        for (var shard = 0; shard < _links.Count; shard++)
        {
            if (_links[shard].AnswersLeft > 0)
                continue;
            _links[shard].Dispose();
            _links[shard] = new Link(_orders[shard]);
        }
    }

    public void Dispose() => _links.ForEach(link => link.Dispose());

    private sealed class Link : IShardLink, IDisposable
    {
        private readonly ShardOrder _order;
        private readonly Shard? _shard;
        private readonly ShardSeat? _seat;
        private readonly Thread? _thread;

        public Link(ShardOrder order)
        {
            _order = order;
            if (order.Merging != Merging.Gradients)
            {
                _shard = new Shard(SmallRuns.WithStubs, order, CPU, _ => throw new InvalidOperationException("shards that do not learn have nothing to say to each other"));
                return;
            }
            // Shards that learn wait for each other in the midst of a round, each on a thread of its own.
            _seat = new ShardSeat(exchange => new Shard(SmallRuns.WithStubs, order, CPU, exchange), Channel.CreateUnbounded<string>().Writer, "here");
            _thread = new Thread(_seat.Serve);
            _thread.Start();
        }

        public string Place => "here";

        public int AnswersLeft { get; set; } = int.MaxValue;

        public Task<byte[]> AskAsync(ShardCommand command, byte[] request)
        {
            if (AnswersLeft <= 0)
                return Task.FromException<byte[]>(new RoundsLostException($"shard {_order.Shard} was lost", null));
            AnswersLeft--;
            try
            {
                return Task.FromResult(_seat is null ? Carry(command, request) : CarryThere(_seat, command, request));
            }
            catch (Exception fault)
            {
                return Task.FromException<byte[]>(fault);
            }
        }

        public void Dispose()
        {
            _shard?.Dispose();
            _seat?.Leave();
            _thread?.Join();
        }

        private byte[] Carry(ShardCommand command, byte[] request)
        {
            using var read = StateBytes.Read(request, "the request");
            using var answer = _shard!.Carry(command, read);
            return StateBytes.Write(answer);
        }

        /// <summary>Waits: going on needs no thread of the pool, all of which may be waiting tests.</summary>
        private byte[] CarryThere(ShardSeat seat, ShardCommand command, byte[] request)
        {
            var (reply, answer) = seat.CarryAsync(command, request).GetAwaiter().GetResult();
            reply.RequireDone(_order.Shard);
            return answer;
        }
    }

    /// <summary>A run over shards in this process.</summary>
    internal sealed class Run : IDisposable
    {
        public Run(RunPlan plan, int shards, Merging merging, int staleness = 0, string? log = null)
        {
            var resolved = plan.Resolve(SmallRuns.WithStubs);
            var environment = new ShardedEnvironment(RunPair.CreateEnvironment(SmallRuns.WithStubs, resolved, CPU, new UserRange(0, 0)));
            Environment = environment;
            Pair = RunPair.Create(SmallRuns.WithStubs, resolved, environment, wrap: merging == Merging.Gradients ? agent => new ShardedAgent(agent, environment.Spec.UserCount) : null);
            Links = new LocalShards([.. Enumerable.Range(0, shards).Select(shard => new ShardOrder("", "cpu", resolved, environment.Spec.UserCount, shard, shards, merging, MeasureOracle: true) { Log = log })]);
            Rounds = new ShardedRounds(Pair, Links, merging, staleness) { Played = Played.Add };
        }

        public RunPair Pair { get; }

        public IEnvironment Environment { get; }

        public LocalShards Links { get; }

        public ShardedRounds Rounds { get; }

        public List<ShardRound> Played { get; } = [];

        public void Dispose()
        {
            Rounds.Dispose();
            Pair.Dispose();
            Environment.Dispose();
        }
    }
}
