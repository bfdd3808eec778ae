using System.Text;
using System.Text.Json;
using RecDeepRL.Cluster.Cells;
using RecDeepRL.Cluster.Silos;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Insight;
using Serilog;

namespace RecDeepRL.Cluster.Clients;

/// <summary>Has one cell after the other carried out by whichever worker Orleans places it on. A cell whose worker is lost goes on elsewhere from the newest checkpoint
/// that the worker has sent, or from its start.</summary>
internal sealed class ClusterPlace(IClusterClient client, Census census, CellGate gate, ClusterSettings settings, string build, string device, ILogger log) : ICellPlace
{
    /// <summary>How often a cell may be lost before it is taken for the cause.</summary>
    private const int MostLosses = 5;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    /// <summary>How an attempt ended, unless with a cell, a mistake or a failure.</summary>
    private enum End
    {
        Finished,
        Cancelled,
        Busy,
        NotPlaced,
        Lost,
    }

    public ComparisonCell? Run(CellOrder order, CancellationToken cancellation) => RunAsync(order, cancellation).GetAwaiter().GetResult();

    public void Dispose() { }

    private async Task<ComparisonCell?> RunAsync(CellOrder order, CancellationToken cancellation)
    {
        var request = new CellRequest(build, device, order.Plan, order.LookedInto is not null) { InsightEvery = order.InsightEvery };
        var kept = new Kept();
        var avoided = new List<string>();
        var losses = new List<string>();
        try
        {
            while (true)
            {
                var attempt = new Attempt(kept);
                await gate.EnterAsync(cancellation).ConfigureAwait(false);
                try
                {
                    await CarryAsync(attempt, order, (request with { From = kept.Checkpoint }).ToText(), string.Join(' ', avoided), cancellation).ConfigureAwait(false);
                }
                finally
                {
                    gate.Exit();
                }
                if (attempt.End is End.Finished or End.Cancelled)
                    return attempt.Cell;
                if (attempt.Worker is { } worker)
                    avoided.Add(worker);
                if (attempt.End == End.Lost)
                {
                    losses.Add(WorkerOffer.NameOf(attempt.Worker!));
                    log.Warning("{Environment:l} {Agent:l} seed {Seed} was lost with its worker {Worker:l}; {Further:l}", order.Plan.Environment, order.Plan.Agent, order.Plan.Seed, losses[^1],
                        kept.Checkpoint is null ? "it begins again elsewhere" : $"it goes on elsewhere after {kept.Iteration} rounds");
                    if (losses.Count == MostLosses)
                        throw new RemoteFaultException($"it was lost {MostLosses} times, with the workers {string.Join(", ", losses)}; it may be what ended them", attempt.Fault?.ToString() ?? "");
                }
                if (attempt.End == End.NotPlaced || avoided.Count >= census.Fitting)
                {
                    // Everybody has been asked: others have runs here too, or the cluster is finding itself again.
                    avoided.Clear();
                    await Task.Delay(s_pause, cancellation).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task CarryAsync(Attempt attempt, CellOrder order, string request, string avoided, CancellationToken cancellation)
    {
        new CellWish(build, device, avoided).Send();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var reports = client.GetGrain<ICellGrain>(Guid.NewGuid()).Run(request, stop.Token).WithBatchSize(1).GetAsyncEnumerator(stop.Token);
        var lost = CancellationToken.None;
        try
        {
            while (true)
            {
                CellReport report;
                try
                {
                    using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation, lost);
                    if (!await reports.MoveNextAsync().AsTask().WaitAsync(waiting.Token).ConfigureAwait(false))
                        throw new EndOfStreamException("The worker ended the run without a result.");
                    report = CellReport.Read(reports.Current);
                }
#pragma warning disable CA1031 // However a worker is lost, the cell is carried out elsewhere; its own faults come as reports.
                catch (Exception fault)
#pragma warning restore CA1031
                {
                    attempt.End = cancellation.IsCancellationRequested ? End.Cancelled : attempt.Worker is null ? End.NotPlaced : End.Lost;
                    attempt.Fault = fault;
                    log.Debug(fault, "An attempt ended: {End}", attempt.End);
                    return;
                }
                if (attempt.Worker is null && report.Worker is { } worker)
                {
                    attempt.Worker = worker;
                    lost = census.LossOf(worker);
                }
                if (Take(attempt, order, report))
                    return;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            // A lost worker answers no more: nobody waits for that.
            _ = DisposeAsync(reports);
        }
    }

    /// <returns>Whether nothing follows.</returns>
    private bool Take(Attempt attempt, CellOrder order, CellReport report)
    {
        var worker = WorkerOffer.NameOf(report.Worker ?? "");
        switch (report.News)
        {
            case CellNews.Busy:
                attempt.End = End.Busy;
                return true;
            case CellNews.Begun:
                return false;
            case CellNews.Progress:
                order.Progressed?.Invoke(report.Iteration, report.Iterations);
                return false;
            case CellNews.Checkpoint:
                if (attempt.Take(report))
                    log.Debug("{Environment:l} {Agent:l} seed {Seed}: the checkpoint after {Iteration} rounds is here", order.Plan.Environment, order.Plan.Agent, order.Plan.Seed, report.Iteration);
                return false;
            case CellNews.Insight:
                order.LookedInto?.Invoke(InsightFile.FromText(report.Text ?? "", $"What the worker {worker} saw"));
                return false;
            case CellNews.Finished:
                attempt.Cell = CellOf(order, report.Text ?? "", worker);
                attempt.End = End.Finished;
                return true;
            case CellNews.Mistake:
                throw new UserMistakeException(report.Text ?? "");
            default:
                throw new RemoteFaultException(report.Text ?? "", report.Detail ?? "");
        }
    }

    private ComparisonCell CellOf(CellOrder order, string text, string worker)
    {
        try
        {
            return CellFile.FromText(order.Plan, SiloSetup.NameOf(device), text);
        }
        catch (Exception fault) when (StrictJson.IsDamage(fault) && fault is not UserMistakeException)
        {
            throw new JsonException($"What the worker {worker} sent is no finished run: {fault.Message.ReplaceLineEndings(" ")}", fault);
        }
    }

    private async Task DisposeAsync(IAsyncDisposable reports)
    {
        try
        {
            await reports.DisposeAsync().AsTask().WaitAsync(settings.FailureTime).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The worker stops by itself when nobody reads on.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            log.Debug(fault, "A run could not be called off");
        }
    }

    /// <summary>The newest checkpoint that is here as a whole.</summary>
    private sealed class Kept
    {
        public string? Checkpoint { get; set; }

        public long Iteration { get; set; }
    }

    private sealed class Attempt(Kept kept)
    {
        private readonly StringBuilder _pieces = new();

        /// <summary>Takes in a piece of a checkpoint.</summary>
        /// <returns>Whether it is here as a whole.</returns>
        public bool Take(CellReport report)
        {
            _pieces.Append(report.Text);
            if (report.PiecesLeft > 0)
                return false;
            (kept.Checkpoint, kept.Iteration) = (_pieces.ToString(), report.Iteration);
            _pieces.Clear();
            return true;
        }

        public End End { get; set; }

        /// <summary>Where it was placed; none before that is known.</summary>
        public string? Worker { get; set; }

        public ComparisonCell? Cell { get; set; }

        public Exception? Fault { get; set; }
    }
}
