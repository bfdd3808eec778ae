using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using RecDeepRL.Cluster.Cells;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Insight;
using Serilog;

namespace RecDeepRL.Cluster.Silos;

/// <summary>Carries out the runs that are placed on a worker, and tells how they go.</summary>
/// <param name="name">The silo's address with its generation, see <see cref="Orleans.Runtime.SiloAddress.ToParsableString"/>.</param>
/// <param name="slots">Borrowed.</param>
/// <param name="offer">What this worker offers; without its address.</param>
/// <param name="messageBytes">The largest message, in bytes.</param>
/// <param name="log">Told of every run that ends.</param>
/// <param name="meter">Counts runs; none where nobody asks.</param>
internal sealed class CellWorker(string name, CellSlots slots, WorkerOffer offer, int messageBytes, ILogger log, RunMeter? meter = null)
{
    /// <summary>Room in a message for what Orleans adds.</summary>
    private const int Envelope = 64 * 1024;

    private static readonly TimeSpan s_progress = TimeSpan.FromMilliseconds(500);

    /// <summary>See <see cref="ClusterSettings.CheckpointSeconds"/>.</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The longest text of a checkpoint: with it, a request has to be a message.</summary>
    private int MostOfCheckpoint => messageBytes / 2;

    /// <summary>Begins a run, or says why not.</summary>
    /// <param name="text">A <see cref="CellRequest"/>.</param>
    /// <param name="reports">Completed after the last report.</param>
    public void Begin(string text, ChannelWriter<string> reports, CancellationToken cancellation)
    {
        try
        {
            var request = CellRequest.Read(text);
            if (!offer.Fits(request.Build, request.Device))
            {
                throw new UserMistakeException(
                    $"The worker {WorkerOffer.NameOf(name)} is build {offer.Build} on {offer.Device}, asked for was build {request.Build} on {request.Device}. Use the same build of the program everywhere, and a device that a worker has.");
            }
            if (slots.TryBegin(request.Plan, place => Carry(place, request, reports, cancellation)))
                return;
            Tell(reports, new CellReport(CellNews.Busy));
        }
        catch (UserMistakeException mistake)
        {
            Tell(reports, new CellReport(CellNews.Mistake) { Text = mistake.Message });
        }
        reports.Complete();
    }

    private void Carry(ICellPlace place, CellRequest request, ChannelWriter<string> reports, CancellationToken cancellation)
    {
        var plan = request.Plan;
        var watch = Stopwatch.StartNew();
        var end = "failed";
        meter?.Begun();
        try
        {
            Tell(reports, new CellReport(CellNews.Begun));
            using var from = request.From is { } text ? CellCheckpointText.Read(text, "What the run was to go on from") : null;
            if (from is not null)
                log.Debug("{Environment:l} {Agent:l} seed {Seed}: {Iteration} rounds were carried out elsewhere", plan.Environment, plan.Agent, plan.Seed, from.Iteration);
            log.Debug("{Environment:l} {Agent:l} seed {Seed}: begun", plan.Environment, plan.Agent, plan.Seed);
            TimeSpan? told = null;
            var order = new CellOrder(plan)
            {
                Progressed = (iteration, iterations) =>
                {
                    if (watch.Elapsed - told < s_progress)
                        return;
                    told = watch.Elapsed;
                    Tell(reports, new CellReport(CellNews.Progress) { Iteration = iteration, Iterations = iterations });
                },
                LookedInto = request.LooksInto ? insight => Tell(reports, new CellReport(CellNews.Insight) { Text = InsightFile.ToText(insight) }) : null,
                InsightEvery = request.InsightEvery,
                From = from,
                Checkpointed = checkpoint => Send(checkpoint, reports),
                CheckpointEvery = CheckpointEvery,
            };
            if (place.Run(order, cancellation) is not { } cell)
            {
                end = "called-off";
                log.Information("{Environment:l} {Agent:l} seed {Seed}: called off after {Seconds:F1} s", plan.Environment, plan.Agent, plan.Seed, watch.Elapsed.TotalSeconds);
                return;
            }
            Tell(reports, new CellReport(CellNews.Finished) { Text = CellFile.ToText(plan, cell.Row.Device, cell) });
            end = "finished";
            log.Information("{Environment:l} {Agent:l} seed {Seed}: finished in {Seconds:F1} s", plan.Environment, plan.Agent, plan.Seed, watch.Elapsed.TotalSeconds);
        }
        catch (UserMistakeException mistake)
        {
            end = "mistake";
            Tell(reports, new CellReport(CellNews.Mistake) { Text = $"{mistake.Message} (Said by the worker {WorkerOffer.NameOf(name)}, whose folders are those of its machine.)" });
        }
#pragma warning disable CA1031 // Whatever ends a run is reported to its client; the worker goes on.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Tell(reports, new CellReport(CellNews.Failed) { Text = fault.Message, Detail = fault.ToString() });
            log.Warning("{Environment:l} {Agent:l} seed {Seed}: failed, {Fault:l}", plan.Environment, plan.Agent, plan.Seed, fault.Message.ReplaceLineEndings(" "));
        }
        finally
        {
            reports.Complete();
            meter?.Ended(plan.Environment, plan.Agent, end, watch.Elapsed);
        }
    }

    /// <summary>Sends a checkpoint in pieces; none that is too long to come back with a request.</summary>
    private void Send(CellCheckpoint checkpoint, ChannelWriter<string> reports)
    {
        if (CellCheckpointText.LengthOf(checkpoint) > MostOfCheckpoint)
            return;
        var text = CellCheckpointText.Write(checkpoint);
        if (text.Length > MostOfCheckpoint)
            return;
        var piece = Math.Max(1, ShardWorker.PieceBytesOf(messageBytes) - Envelope);
        for (var start = 0; start < text.Length; start += piece)
        {
            var end = Math.Min(text.Length, start + piece);
            Tell(reports, new CellReport(CellNews.Checkpoint) { Iteration = checkpoint.Iteration, PiecesLeft = (text.Length - end + piece - 1) / piece, Text = text[start..end] });
        }
    }

    private void Tell(ChannelWriter<string> reports, CellReport report)
    {
        var text = (report with { Worker = name }).ToText();
        if (Encoding.UTF8.GetByteCount(text) is var bytes && bytes > messageBytes - Envelope)
        {
            throw new UserMistakeException(
                $"What the run has to say has {bytes / 1e6:F1} megabytes, a message may have {messageBytes / 1e6:F1}. Raise messageMegabytes in the cluster file of all, or ask for fewer iterations.");
        }
        reports.TryWrite(text);
    }
}
