using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace RecDeepRL.Experiments.Training;

/// <summary>Scalars as TensorBoard reads them: a file of TFRecords (length, its checksum, data, its checksum), each an <c>Event</c> message of protocol buffers.</summary>
/// <remarks>https://github.com/tensorflow/tensorboard, tensorboard/compat/proto/event.proto and summary.proto. Written by hand since the writer of
/// TorchSharp stamps the first event with ticks in place of seconds, and cannot tell that a run goes on from an earlier step.</remarks>
internal sealed class EventFile : IDisposable
{
    // Field numbers of Event, its SessionLog, Summary and Summary.Value.
    private const int WallTime = 1, Step = 2, FileVersion = 3, SummaryField = 5, SessionLog = 7;
    private const int Status = 1, SummaryValue = 1, Tag = 1, SimpleValue = 2;

    /// <summary>SessionLog.START: whatever earlier files hold from this step on did not happen.</summary>
    private const ulong Start = 1;

    private readonly FileStream _file;
    private readonly TimeProvider _clock;

    /// <param name="folder">Made where it is missing. Earlier files stay; TensorBoard reads them all, in the order of their names.</param>
    /// <param name="step">Steps completed so far. Above 0, TensorBoard is told to forget later ones, which a run wrote that was killed after its last checkpoint.</param>
    public EventFile(string folder, long step, TimeProvider? clock = null)
    {
        _clock = clock ?? TimeProvider.System;
        Directory.CreateDirectory(folder);
        _file = Create(folder, _clock.GetUtcNow().ToUnixTimeSeconds());
        Write(0, message => message.Text(FileVersion, "brain.Event:2"));
        if (step > 0)
            Write(step + 1, message => message.Message(SessionLog, session => session.Whole(Status, Start)));
        Flush();
    }

    /// <param name="value">Kept to the seven digits of a float, as the format has it.</param>
    public void Add(string tag, double value, long step) => Write(
        step, message => message.Message(SummaryField, summary => summary.Message(SummaryValue, one =>
        {
            one.Text(Tag, tag);
            one.Single(SimpleValue, (float)value);
        })));

    /// <summary>Hands over what was added, so that a reader sees whole records.</summary>
    public void Flush() => _file.Flush();

    public void Dispose() => _file.Dispose();

    /// <summary>A file whose name sorts behind those of earlier seconds; of two in one second, each waits for a name of its own.</summary>
    private static FileStream Create(string folder, long seconds)
    {
        for (var second = seconds; ; second++)
        {
            var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{second:D10}.recdeeprl"));
            if (!File.Exists(path))
                return new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        }
    }

    private void Write(long step, Action<ProtocolMessage> fill)
    {
        var message = new ProtocolMessage();
        message.Double(WallTime, _clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
        message.Whole(Step, (ulong)step);
        fill(message);
        var data = message.ToArray();
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, data.Length);
        _file.Write(length);
        WriteChecksum(length);
        _file.Write(data);
        WriteChecksum(data);
    }

    private void WriteChecksum(ReadOnlySpan<byte> data)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, MaskedChecksum(data));
        _file.Write(bytes);
    }

    /// <summary>CRC-32C (Castagnoli), rotated and shifted as TFRecord has it, so that the checksum of data that holds checksums stays sound.</summary>
    internal static uint MaskedChecksum(ReadOnlySpan<byte> data)
    {
        var checksum = uint.MaxValue;
        foreach (var one in data)
            checksum = BitOperations.Crc32C(checksum, one);
        return BitOperations.RotateRight(~checksum, 15) + 0xa282ead8;
    }

    /// <summary>One message of protocol buffers, as far as events need them.</summary>
    private sealed class ProtocolMessage
    {
        private const int Varint = 0, Fixed64 = 1, LengthDelimited = 2, Fixed32 = 5;

        private readonly List<byte> _bytes = [];

        public byte[] ToArray() => [.. _bytes];

        public void Whole(int field, ulong value)
        {
            Key(field, Varint);
            WriteVarint(value);
        }

        public void Double(int field, double value)
        {
            Key(field, Fixed64);
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
            _bytes.AddRange(bytes);
        }

        public void Single(int field, float value)
        {
            Key(field, Fixed32);
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            _bytes.AddRange(bytes);
        }

        public void Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

        public void Message(int field, Action<ProtocolMessage> fill)
        {
            var inner = new ProtocolMessage();
            fill(inner);
            Bytes(field, inner.ToArray());
        }

        private void Bytes(int field, byte[] value)
        {
            Key(field, LengthDelimited);
            WriteVarint((ulong)value.Length);
            _bytes.AddRange(value);
        }

        private void Key(int field, int kind) => WriteVarint((ulong)((field << 3) | kind));

        private void WriteVarint(ulong value)
        {
            for (; value > 127; value >>= 7)
                _bytes.Add((byte)(value | 128));
            _bytes.Add((byte)value);
        }
    }
}
