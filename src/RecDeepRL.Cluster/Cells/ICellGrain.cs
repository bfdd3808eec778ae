namespace RecDeepRL.Cluster.Cells;

/// <summary>One attempt at one run, somewhere in the cluster. Its key is new for every attempt.</summary>
[Alias("RecDeepRL.Cluster.ICellGrain")]
internal interface ICellGrain : IGrainWithGuidKey
{
    /// <summary>Carries the run out. Whoever stops reading stops the run.</summary>
    /// <param name="request">A <see cref="CellRequest"/>.</param>
    /// <returns>A <see cref="CellReport"/> after the other, until one after which nothing follows.</returns>
    [Alias("Run")]
    IAsyncEnumerable<string> Run(string request, CancellationToken cancellation);
}
