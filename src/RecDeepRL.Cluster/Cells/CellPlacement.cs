using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Runtime.Placement;
using RecDeepRL.Cluster.Silos;

namespace RecDeepRL.Cluster.Cells;

/// <summary>Leaves those workers that a run may be placed on, see <see cref="CellPlacementFilterDirector"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class CellPlacementFilterAttribute() : PlacementFilterAttribute(new CellPlacementFilterStrategy());

/// <inheritdoc cref="CellPlacementFilterAttribute"/>
internal sealed class CellPlacementFilterStrategy() : PlacementFilterStrategy(order: 0);

/// <summary>What a run asks of its worker; travels with the call that places the run.</summary>
/// <param name="Build">Build of the program.</param>
/// <param name="Device">Kind of device.</param>
/// <param name="Avoided">Workers that have just been busy or lost, separated by spaces.</param>
internal sealed record CellWish(string Build, string Device, string Avoided)
{
    private const string BuildKey = "recdeeprl.build";
    private const string DeviceKey = "recdeeprl.device";
    private const string AvoidedKey = "recdeeprl.avoided";

    /// <summary>Lets it travel with the calls that follow in the same asynchronous flow.</summary>
    public void Send()
    {
        RequestContext.Set(BuildKey, Build);
        RequestContext.Set(DeviceKey, Device);
        RequestContext.Set(AvoidedKey, Avoided);
    }

    /// <returns>None where the call says nothing of the kind.</returns>
    public static CellWish? Of(Dictionary<string, object>? call) =>
        call is not null && call.GetValueOrDefault(BuildKey) is string build && call.GetValueOrDefault(DeviceKey) is string device
            ? new CellWish(build, device, call.GetValueOrDefault(AvoidedKey) as string ?? "")
            : null;
}

/// <summary>A run goes to workers of its own build and kind of device. Those that have just been busy or lost are left out as long as there are others.</summary>
internal sealed class CellPlacementFilterDirector(ISiloMetadataCache metadata) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        if (CellWish.Of(target.RequestContextData) is not { } wish)
            return silos;
        var fitting = silos.Where(silo => WorkerOffer.Of(silo, metadata.GetSiloMetadata(silo))?.Fits(wish.Build, wish.Device) == true).ToList();
        var avoided = wish.Avoided.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var others = fitting.Where(silo => !avoided.Contains(silo.ToParsableString())).ToList();
        return others.Count > 0 ? others : fitting;
    }
}
