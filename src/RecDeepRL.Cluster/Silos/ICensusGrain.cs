using Orleans.Concurrency;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace RecDeepRL.Cluster.Silos;

/// <summary>Tells who is there, as the worker that a client is connected to knows it.</summary>
[Alias("RecDeepRL.Cluster.ICensusGrain")]
internal interface ICensusGrain : IGrainWithIntegerKey
{
    /// <returns>A list of <see cref="WorkerOffer"/>, one for each active worker.</returns>
    [Alias("Count")]
    Task<string> Count();
}

/// <inheritdoc cref="ICensusGrain"/>
[StatelessWorker]
internal sealed class CensusGrain(IClusterMembershipService membership, ISiloMetadataCache metadata) : Grain, ICensusGrain
{
    public Task<string> Count() => Task.FromResult(WorkerOffer.ToText(
        membership.CurrentSnapshot.Members.Values.Where(member => member.Status == SiloStatus.Active)
            .Select(member => WorkerOffer.Of(member.SiloAddress, metadata.GetSiloMetadata(member.SiloAddress))).OfType<WorkerOffer>()
            .OrderBy(offer => offer.Worker, StringComparer.Ordinal)));
}
