using System.Text.Json;
using System.Text.Json.Serialization;
using RecDeepRL.Cluster.Cells;
using RecDeepRL.Core;
using RecDeepRL.Experiments;

namespace RecDeepRL.Cluster.Shards;

/// <summary>What a client sends a worker: a shard of a run to hold.</summary>
/// <param name="Build">Of the client's program; another build does not hold it.</param>
/// <param name="Device">Kind of device: cpu or cuda.</param>
/// <param name="Plan">Resolved. Its folders are paths on the worker's machine.</param>
/// <param name="UserCount">U, users in the population.</param>
/// <param name="Shard">Which of the shards it is, from 0.</param>
/// <param name="Shards">How many there are.</param>
/// <param name="Merging">How the learner hears of what happens.</param>
/// <param name="MeasureOracle">See <see cref="RecDeepRL.Experiments.Training.RoundPlayer.MeasureOracle"/>.</param>
internal sealed record ShardOrder(
    string Build, string Device, RunPlan Plan, int UserCount, int Shard, int Shards, [property: JsonConverter(typeof(JsonStringEnumConverter<Merging>))] Merging Merging, bool MeasureOracle)
{
    /// <summary>Folder of the log of all shards, a path on the worker's machine; none for no log.</summary>
    public string? Log { get; init; }

    /// <summary>Seconds to wait for whoever still writes the shard's log: a shard whose client has died is there for a while.</summary>
    public double LogPatience { get; init; }

    public string ToText() => JsonSerializer.Serialize(this, WireJson.Options);

    /// <exception cref="UserMistakeException">The text is no such order.</exception>
    public static ShardOrder Read(string text)
    {
        try
        {
            var order = JsonSerializer.Deserialize<ShardOrder>(text, WireJson.Options) ?? throw new JsonException("It is null.");
            return order.Shards is >= 1 and <= UserBlocks.Count && order.Shard >= 0 && order.Shard < order.Shards ? order
                : throw new JsonException($"It is shard {order.Shard} of {order.Shards}; at most {UserBlocks.Count} are possible.");
        }
        catch (Exception fault) when (StrictJson.IsDamage(fault))
        {
            throw new UserMistakeException($"What was asked of the worker is no shard: {fault.Message.ReplaceLineEndings(" ")} Use the same build of the program everywhere.", fault);
        }
    }
}
