using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Orleans.Placement;
using RecDeepRL.Cluster.Silos;

namespace RecDeepRL.Cluster.Cells;

/// <inheritdoc cref="ICellGrain"/>
/// <remarks>Orleans places it among the workers that the filter leaves, where fewest activations are: an activation is there as long as its run.</remarks>
[ActivationCountBasedPlacement]
[CellPlacementFilter]
[CollectionAgeLimit(Minutes = 5)]
internal sealed class CellGrain(CellWorker worker) : Grain, ICellGrain
{
    public async IAsyncEnumerable<string> Run(string request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        try
        {
            // The run has a thread of its own; what it reports is handed to the client from here.
            var reports = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
            worker.Begin(request, reports.Writer, cancellation);
            await foreach (var report in reports.Reader.ReadAllAsync(cancellation).ConfigureAwait(true))
                yield return report;
        }
        finally
        {
            DeactivateOnIdle();
        }
    }
}
