using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Serialization;
using RecDeepRL.Cluster.Cells;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Comparison;
using Serilog;
using TorchSharp;

namespace RecDeepRL.Cluster.Silos;

/// <summary>What makes a silo a worker of ours, however it finds the others.</summary>
internal static class SiloSetup
{
    /// <summary>cpu or cuda: a run asks for a kind of device, whichever a worker has of it.</summary>
    public static string KindOf(torch.Device device) => device.type == DeviceType.CPU ? "cpu" : "cuda";

    /// <summary>What results call a device of a kind, as a local run on the first one would.</summary>
    public static string NameOf(string kind) => kind == "cpu" ? "cpu" : "cuda:0";

    public static int CellsOf(ClusterSettings settings, torch.Device device) => settings.Cells ?? (device.type == DeviceType.CPU ? Environment.ProcessorCount : 1);

    public static ISiloBuilder AddCells(this ISiloBuilder silo, ClusterSettings settings, Catalog catalog, torch.Device device, ILogger log)
    {
        var offer = new WorkerOffer("", ClusterBuild.Of(catalog), KindOf(device), CellsOf(settings, device));
        silo.UseSiloMetadata(offer.ToMetadata());
        silo.Services
            .AddSerializer(serializer => serializer.AddAssembly(typeof(SiloSetup).Assembly))
            .AddPlacementFilter<CellPlacementFilterStrategy, CellPlacementFilterDirector>(ServiceLifetime.Singleton)
            .AddSingleton<RunMeter>()
            .AddSingleton(_ => new CellSlots(new LocalCells(catalog, device, offer.Cells, NameOf(offer.Device)), MemoryLimit.Of(settings, log)))
            .AddSingleton(services => new CellWorker(NameOf(services), services.GetRequiredService<CellSlots>(), offer, settings.MessageBytes, log, services.GetRequiredService<RunMeter>()) { CheckpointEvery = TimeSpan.FromSeconds(settings.CheckpointSeconds) })
            .AddSingleton(services => new ShardWorker(NameOf(services), services.GetRequiredService<CellSlots>(), offer, catalog, device, settings.MessageBytes, log))
            .Configure<SiloMessagingOptions>(options =>
            {
                Apply(settings, options);
                options.SystemResponseTimeout = settings.FailureTime;
            })
            // All places are to be filled, so every worker is a candidate.
            .Configure<ActivationCountBasedPlacementOptions>(options => options.ChooseOutOf = int.MaxValue)
            .Configure<ClusterMembershipOptions>(options =>
            {
                options.ProbeTimeout = settings.FailureTime / options.NumMissedProbesLimit;
                options.MaxProbeTimeout = options.ProbeTimeout;
                // A worker that joins waits for all that are listed, but not for those who have not said for so long that they are alive: the whole cluster may have been killed.
                options.IAmAliveTablePublishTimeout = settings.FailureTime / (2 * options.NumMissedTableIAmAliveLimit);
                // In the first worker's memory nobody is listed who died together with it: who cannot join will not be able to later, and is to say so.
                if (settings.Clustering == Clustering.Localhost)
                    options.MaxJoinAttemptTime = settings.Patience;
            });
        return silo;
    }

    private static string NameOf(IServiceProvider services) => services.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString();

    /// <summary>How long an answer may take, and how large a message may be.</summary>
    public static void Apply(ClusterSettings settings, MessagingOptions options)
    {
        options.ResponseTimeout = settings.FailureTime;
        options.MaxMessageBodySize = settings.MessageBytes;
    }
}
