using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;
using RecDeepRL.Cluster.Cells;
using RecDeepRL.Cluster.Clients;
using RecDeepRL.Core;

namespace RecDeepRL.Cluster.Shards;

/// <summary>How a command ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ShardOutcome>))]
internal enum ShardOutcome
{
    /// <summary>The answer follows.</summary>
    Done,

    /// <summary>The grain holds no shard: it was placed anew after its worker was lost.</summary>
    NotHere,

    /// <summary>The text is a mistake of the user's.</summary>
    Mistake,

    /// <summary>The text tells of a number that is none.</summary>
    NotFinite,

    /// <summary>The text is the message of a fault.</summary>
    Failed,
}

/// <summary>What a shard says of a command before its answer.</summary>
/// <param name="Bytes">Length of the answer.</param>
internal sealed record ShardReply(ShardOutcome Outcome, int Bytes)
{
    public string? Text { get; init; }

    /// <summary>Of a fault, where it arose in the worker's program.</summary>
    public string? Detail { get; init; }

    public static ShardReply Of(Exception fault) => fault switch
    {
        UserMistakeException => new ShardReply(ShardOutcome.Mistake, 0) { Text = fault.Message },
        _ when fault.GetType() == typeof(ArithmeticException) => new ShardReply(ShardOutcome.NotFinite, 0) { Text = fault.Message },
        _ => new ShardReply(ShardOutcome.Failed, 0) { Text = fault.Message, Detail = fault.ToString() },
    };

    /// <summary>The reply and the beginning of the answer as one message: four bytes of the reply's length, little-endian, the reply, and the rest.</summary>
    public byte[] ToBytes(ReadOnlySpan<byte> beginning)
    {
        var own = JsonSerializer.SerializeToUtf8Bytes(this, WireJson.Options);
        var bytes = new byte[sizeof(int) + own.Length + beginning.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, own.Length);
        own.CopyTo(bytes, sizeof(int));
        beginning.CopyTo(bytes.AsSpan(sizeof(int) + own.Length));
        return bytes;
    }

    /// <param name="beginning">Of the answer.</param>
    /// <exception cref="InvalidDataException">The bytes are no such message.</exception>
    public static ShardReply Read(byte[] bytes, out ReadOnlySpan<byte> beginning)
    {
        try
        {
            var length = bytes.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(bytes);
            if (length < 0 || length > bytes.Length - sizeof(int))
                throw new JsonException($"It has {bytes.Length} bytes, its length says {length}.");
            var reply = JsonSerializer.Deserialize<ShardReply>(bytes.AsSpan(sizeof(int), length), WireJson.Options) ?? throw new JsonException("It is null.");
            beginning = bytes.AsSpan(sizeof(int) + length);
            return reply.Bytes >= beginning.Length ? reply : throw new JsonException($"It promises {reply.Bytes} bytes and begins with {beginning.Length}.");
        }
        catch (Exception fault) when (StrictJson.IsDamage(fault))
        {
            throw new InvalidDataException($"A worker sent what is no reply of a shard: {fault.Message.ReplaceLineEndings(" ")}", fault);
        }
    }

    /// <exception cref="UserMistakeException">It tells of one.</exception>
    /// <exception cref="ArithmeticException">It tells of a number that is none.</exception>
    /// <exception cref="RemoteFaultException">It tells of another fault.</exception>
    public void RequireDone(int shard)
    {
        switch (Outcome)
        {
            case ShardOutcome.Done:
                return;
            case ShardOutcome.Mistake:
                throw new UserMistakeException($"{Text} (Said by shard {shard}, whose folders are those of its worker's machine.)");
            case ShardOutcome.NotFinite:
                throw new ArithmeticException($"shard {shard}: {Text}");
            default:
                throw new RemoteFaultException(Text ?? "", Detail ?? "");
        }
    }
}
