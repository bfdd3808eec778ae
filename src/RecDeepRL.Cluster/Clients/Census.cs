using System.Diagnostics;
using RecDeepRL.Cluster.Silos;
using RecDeepRL.Core;
using Serilog;

namespace RecDeepRL.Cluster.Clients;

/// <summary>Who is there to carry out runs, asked of the cluster again and again: what it says of joined and lost workers is Orleans' own membership.</summary>
internal sealed class Census : IAsyncDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly IClusterClient _client;
    private readonly ClusterSettings _settings;
    private readonly string _build;
    private readonly string _device;
    private readonly ILogger _log;
    private readonly CellGate _gate;
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private readonly HashSet<string> _refused = [];
    private Dictionary<string, (WorkerOffer Offer, CancellationTokenSource Lost)> _fitting = [];
    private long _seen = Stopwatch.GetTimestamp();
    private Task? _asking;

    /// <param name="device">Kind of device that runs are to have.</param>
    /// <param name="gate">Is kept as wide as the workers that fit.</param>
    public Census(IClusterClient client, ClusterSettings settings, string build, string device, CellGate gate, ILogger log)
    {
        (_client, _settings, _build, _device, _gate, _log) = (client, settings, build, device, gate, log);
    }

    /// <summary>Workers of this build and device.</summary>
    public int Fitting
    {
        get
        {
            lock (_lock)
                return _fitting.Count;
        }
    }

    /// <summary>Who they are, see <see cref="WorkerOffer.Worker"/>.</summary>
    public IReadOnlyList<string> Workers
    {
        get
        {
            lock (_lock)
                return [.. _fitting.Keys];
        }
    }

    /// <summary>How long there has been none.</summary>
    public TimeSpan Absence
    {
        get
        {
            lock (_lock)
                return Stopwatch.GetElapsedTime(_seen);
        }
    }

    /// <summary>Runs that they carry out at once.</summary>
    public int Places
    {
        get
        {
            lock (_lock)
                return _fitting.Values.Sum(one => one.Offer.Cells);
        }
    }

    /// <summary>Asks until there is a worker that fits, and from then on in the background.</summary>
    /// <exception cref="UserMistakeException">There is none in the time that the settings allow.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        IReadOnlyList<WorkerOffer> offers = [];
        while (Fitting == 0)
        {
            cancellation.ThrowIfCancellationRequested();
            offers = await AskAsync().ConfigureAwait(false) ?? offers;
            if (Fitting > 0)
                break;
            // Workers that have just joined say what they offer a moment later; those that say so will not change.
            if (Stopwatch.GetElapsedTime(_seen) > (offers.Count > 0 ? s_interval * 2 : _settings.Patience))
                throw Nobody(offers);
            await Task.Delay(s_interval / 4, cancellation).ConfigureAwait(false);
        }
        _asking = AskOnAsync();
    }

    /// <summary>Is cancelled when a worker is lost.</summary>
    /// <param name="worker">See <see cref="WorkerOffer.Worker"/>.</param>
    public CancellationToken LossOf(string worker)
    {
        lock (_lock)
            return _fitting.TryGetValue(worker, out var known) ? known.Lost.Token : CancellationToken.None;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        if (_asking is not null)
            await _asking.ConfigureAwait(false);
        _end.Dispose();
    }

    private async Task AskOnAsync()
    {
        IReadOnlyList<WorkerOffer> offers = [];
        while (!_end.IsCancellationRequested)
        {
            await Task.Delay(s_interval, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_end.IsCancellationRequested)
                return;
            offers = await AskAsync().ConfigureAwait(false) ?? [];
            if (Stopwatch.GetElapsedTime(_seen) > _settings.Patience)
                _gate.Close(Nobody(offers));
        }
    }

    /// <returns>None where nobody answered.</returns>
    private async Task<IReadOnlyList<WorkerOffer>?> AskAsync()
    {
        IReadOnlyList<WorkerOffer> offers;
        try
        {
            offers = WorkerOffer.Read(await _client.GetGrain<ICensusGrain>(0).Count().WaitAsync(_settings.FailureTime).ConfigureAwait(false));
        }
#pragma warning disable CA1031 // Whatever keeps the cluster from answering, it is asked again.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _log.Debug(fault, "The cluster does not answer");
            return null;
        }
        Take(offers);
        return offers;
    }

    private void Take(IReadOnlyList<WorkerOffer> offers)
    {
        List<CancellationTokenSource> lost = [];
        lock (_lock)
        {
            var now = new Dictionary<string, (WorkerOffer Offer, CancellationTokenSource Lost)>();
            foreach (var offer in offers)
            {
                if (_fitting.TryGetValue(offer.Worker, out var known))
                    now[offer.Worker] = known;
                else if (offer.Fits(_build, _device))
                {
                    now[offer.Worker] = (offer, new CancellationTokenSource());
                    _log.Information("the worker {Worker:l} is there: {Cells} runs at once on {Device:l}", offer.Name, offer.Cells, offer.Device);
                }
                else if (_refused.Add(offer.Worker) && offer.Build != _build)
                    _log.Warning("The worker {Worker:l} is another build of the program ({Theirs:l}, this is {Own:l}) and is not used", offer.Name, offer.Build, _build);
            }
            foreach (var (worker, known) in _fitting)
            {
                if (now.ContainsKey(worker))
                    continue;
                _log.Warning("The worker {Worker:l} is lost", known.Offer.Name);
                lost.Add(known.Lost);
            }
            _fitting = now;
            if (now.Count > 0)
                _seen = Stopwatch.GetTimestamp();
            _gate.SetLimit(now.Values.Sum(one => one.Offer.Cells));
        }
        lost.ForEach(one => one.Cancel());
    }

    /// <summary>What there is to say where nobody fits.</summary>
    public UserMistakeException Nobody() => Nobody([]);

    private UserMistakeException Nobody(IReadOnlyList<WorkerOffer> offers) => new(
        offers.Count == 0
            ? $"No worker of the cluster '{_settings.ClusterId}' is there. Start one with 'worker --cluster FILE', and give the same command again."
            : $"None of the {offers.Count} workers of the cluster '{_settings.ClusterId}' can carry out runs of build {_build} on {_device}: {string.Join(", ", offers.Select(one => $"{one.Name} is build {one.Build} on {one.Device}"))}. Use the same build of the program everywhere, and ask for a device that they have.");
}
