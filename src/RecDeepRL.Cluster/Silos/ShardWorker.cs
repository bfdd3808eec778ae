using System.Threading.Channels;
using RecDeepRL.Cluster.Cells;
using RecDeepRL.Cluster.Shards;
using RecDeepRL.Core;
using RecDeepRL.Experiments;
using Serilog;
using TorchSharp;

namespace RecDeepRL.Cluster.Silos;

/// <summary>Holds the shards that are placed on a worker: each takes one of the places that runs take too.</summary>
/// <param name="name">The silo's address with its generation.</param>
/// <param name="slots">Borrowed.</param>
/// <param name="offer">What this worker offers; without its address.</param>
/// <param name="catalog">What can be run.</param>
/// <param name="messageBytes">The largest message, in bytes.</param>
/// <param name="log">Told of every shard that comes and goes.</param>
internal sealed class ShardWorker(string name, CellSlots slots, WorkerOffer offer, Catalog catalog, torch.Device device, int messageBytes, ILogger log)
{
    /// <summary>The most bytes of an answer in one message.</summary>
    public int PieceBytes => PieceBytesOf(messageBytes);

    /// <summary>Pieces small enough that others' messages are not kept waiting, and several of which fit into a message.</summary>
    public static int PieceBytesOf(int messageBytes) => Math.Min(4_000_000, messageBytes / 2);

    /// <summary>Takes a place for a shard, if there is one.</summary>
    /// <param name="text">A <see cref="ShardOrder"/>.</param>
    /// <param name="reports">Told that the shard is there, or why not.</param>
    /// <returns>None where it has no place.</returns>
    public ShardSeat? Take(string text, ChannelWriter<string> reports)
    {
        CellReport refusal;
        try
        {
            var order = ShardOrder.Read(text);
            if (!offer.Fits(order.Build, order.Device))
            {
                throw new UserMistakeException(
                    $"The worker {WorkerOffer.NameOf(name)} is build {offer.Build} on {offer.Device}, asked for was build {order.Build} on {order.Device}. Use the same build of the program everywhere, and a device that a worker has.");
            }
            var seat = new ShardSeat(exchange => new Shard(catalog, order, device, exchange), reports, name);
            if (slots.TryBegin(order.Plan, _ => Serve(seat, order)))
                return seat;
            refusal = new CellReport(CellNews.Busy);
        }
        catch (UserMistakeException mistake)
        {
            refusal = new CellReport(CellNews.Mistake) { Text = mistake.Message };
        }
        reports.TryWrite((refusal with { Worker = name }).ToText());
        reports.Complete();
        return null;
    }

    private void Serve(ShardSeat seat, ShardOrder order)
    {
        log.Information("{Environment:l} {Agent:l} seed {Seed}: shard {Shard} of {Shards} is here", order.Plan.Environment, order.Plan.Agent, order.Plan.Seed, order.Shard, order.Shards);
        seat.Serve();
        log.Information("{Environment:l} {Agent:l} seed {Seed}: shard {Shard} of {Shards} is gone", order.Plan.Environment, order.Plan.Agent, order.Plan.Seed, order.Shard, order.Shards);
    }
}
