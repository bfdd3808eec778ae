using System.Globalization;
using System.Text.Json;
using Orleans.Runtime.MembershipService.SiloMetadata;
using RecDeepRL.Cluster.Cells;

namespace RecDeepRL.Cluster.Silos;

/// <summary>What a worker offers, as every other one knows it.</summary>
/// <param name="Worker">The silo's address with its generation.</param>
/// <param name="Build">Build of its program.</param>
/// <param name="Device">Kind of device: cpu or cuda.</param>
/// <param name="Cells">Runs at once.</param>
internal sealed record WorkerOffer(string Worker, string Build, string Device, int Cells)
{
    private const string BuildKey = "recdeeprl.build";
    private const string DeviceKey = "recdeeprl.device";
    private const string CellsKey = "recdeeprl.cells";

    /// <summary>Address and port, for people.</summary>
    public string Name => NameOf(Worker);

    public static string NameOf(string worker) => worker.Split('@')[0];

    /// <summary>What the silo says of itself.</summary>
    public Dictionary<string, string> ToMetadata() => new()
    {
        [BuildKey] = Build,
        [DeviceKey] = Device,
        [CellsKey] = Cells.ToString(CultureInfo.InvariantCulture),
    };

    /// <returns>None where the silo has not said anything yet.</returns>
    public static WorkerOffer? Of(SiloAddress silo, SiloMetadata metadata) =>
        metadata.Metadata.TryGetValue(BuildKey, out var build) && metadata.Metadata.TryGetValue(DeviceKey, out var device)
            && int.TryParse(metadata.Metadata.GetValueOrDefault(CellsKey), NumberStyles.None, CultureInfo.InvariantCulture, out var cells)
            ? new WorkerOffer(silo.ToParsableString(), build, device, cells)
            : null;

    public bool Fits(string build, string device) => Build == build && Device == device;

    public static string ToText(IEnumerable<WorkerOffer> offers) => JsonSerializer.Serialize(offers, WireJson.Options);

    /// <exception cref="JsonException">The text is no list of offers.</exception>
    public static IReadOnlyList<WorkerOffer> Read(string text) => JsonSerializer.Deserialize<List<WorkerOffer>>(text, WireJson.Options) ?? throw new JsonException("It is null.");
}
