using System.Buffers.Binary;
using System.Text;
using RecDeepRL.Experiments.Training;

namespace RecDeepRL.Tests.Experiments;

/// <summary>Event files are read back by a reader of the format that shares nothing with the writer.</summary>
public sealed class EventFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FixedClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ScalarsComeBackWithTagStepAndTime()
    {
        using (var file = new EventFile(_folder.Path, 0, _clock))
        {
            file.Add("training/mean_responses", .75, 1);
            file.Add("agent/loss", double.NaN, 300);
        }

        var events = Read(Assert.Single(Directory.GetFiles(_folder.Path)));

        Assert.Equal(3, events.Count);
        Assert.Equal("brain.Event:2", events[0].Version);
        Assert.All(events, one => Assert.Equal(1_700_000_000.25, one.WallTime));
        Assert.Equal((1, "training/mean_responses", .75f), (events[1].Step, events[1].Tag, events[1].Value));
        Assert.Equal((300, "agent/loss", float.NaN), (events[2].Step, events[2].Tag, events[2].Value));
    }

    [Fact]
    public void AResumedRunMakesReadersForgetWhatWasAfterItsCheckpoint()
    {
        using (var first = new EventFile(_folder.Path, 0, _clock))
            first.Add("a", 1, 8);
        using (var second = new EventFile(_folder.Path, 5, _clock))
            second.Add("a", 2, 6);

        var files = Directory.GetFiles(_folder.Path).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(["events.out.tfevents.1700000000.recdeeprl", "events.out.tfevents.1700000001.recdeeprl"], files.Select(Path.GetFileName));
        var events = Read(files[1]);
        // Steps from 6 on did not happen: SessionLog.START = 1.
        Assert.Equal((6, 1), (events[1].Step, events[1].SessionStatus));
        Assert.Equal((6, 2f), (events[2].Step, events[2].Value));
    }

    [Fact]
    public void WhatIsFlushedIsWholeWhileTheFileIsOpen()
    {
        using var file = new EventFile(_folder.Path, 0, _clock);
        file.Add("a", 1, 1);
        file.Flush();

        Assert.Equal(2, Read(Assert.Single(Directory.GetFiles(_folder.Path))).Count);
    }

    [Fact]
    public void ChecksumsAreTheMaskedCastagnoliOnes()
    {
        // RFC 3720, B.4: CRC-32C of 32 zeros is 0x8a9136aa; rotated right by 15 that is 0x6d551522, and 0xa282ead8 more, modulo 2³², 0x0fd7fffa.
        Assert.Equal(0x0fd7fffau, EventFile.MaskedChecksum(new byte[32]));
    }

    private static List<Event> Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var events = new List<Event>();
        for (var at = 0; at < bytes.Length;)
        {
            var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at));
            Assert.Equal(Checksum(bytes.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 8)));
            var data = bytes.AsSpan(at + 12, length);
            Assert.Equal(Checksum(data), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 12 + length)));
            events.Add(Parse(data.ToArray()));
            at += 16 + length;
        }
        return events;
    }

    private static Event Parse(byte[] message)
    {
        var result = new Event();
        foreach (var (field, value) in Fields(message))
        {
            switch (field, value)
            {
                case (1, byte[] time): result.WallTime = BitConverter.ToDouble(time); break;
                case (2, ulong step): result.Step = (int)step; break;
                case (3, byte[] version): result.Version = Encoding.UTF8.GetString(version); break;
                case (7, byte[] session): result.SessionStatus = (int)(ulong)Fields(session).Single(one => one.Field == 1).Value; break;
                case (5, byte[] summary):
                    foreach (var (inner, part) in Fields((byte[])Fields(summary).Single(one => one.Field == 1).Value))
                    {
                        if (inner == 1)
                            result.Tag = Encoding.UTF8.GetString((byte[])part);
                        else if (inner == 2)
                            result.Value = BitConverter.ToSingle((byte[])part);
                    }
                    break;
                default: Assert.Fail($"field {field} is none of an event"); break;
            }
        }
        return result;
    }

    /// <summary>Fields of a message: whole numbers, or bytes of what has a length.</summary>
    private static List<(int Field, object Value)> Fields(byte[] message)
    {
        var (fields, at) = (new List<(int, object)>(), 0);
        while (at < message.Length)
        {
            var key = Whole();
            var size = (key & 7) switch { 1 => 8, 5 => 4, 2 => (int)Whole(), _ => 0 };
            fields.Add(((int)(key >> 3), (key & 7) == 0 ? Whole() : message[at..(at + size)]));
            at += size;
        }
        return fields;

        ulong Whole()
        {
            var value = 0UL;
            for (var shift = 0; ; shift += 7)
            {
                value |= (ulong)(message[at] & 127) << shift;
                if (message[at++] < 128)
                    return value;
            }
        }
    }

    /// <summary>Bit by bit, with the reversed polynomial of Castagnoli.</summary>
    private static uint Checksum(ReadOnlySpan<byte> data)
    {
        var sum = uint.MaxValue;
        foreach (var one in data)
        {
            sum ^= one;
            for (var bit = 0; bit < 8; bit++)
                sum = (sum & 1) == 1 ? (sum >> 1) ^ 0x82f63b78 : sum >> 1;
        }
        sum = ~sum;
        return ((sum >> 15) | (sum << 17)) + 0xa282ead8;
    }

    private sealed class Event
    {
        public double WallTime { get; set; }

        public int Step { get; set; }

        public string? Version { get; set; }

        public string? Tag { get; set; }

        public float Value { get; set; }

        public int SessionStatus { get; set; }
    }

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250);
    }
}
