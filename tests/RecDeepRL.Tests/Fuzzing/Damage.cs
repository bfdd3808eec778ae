using System.Buffers.Binary;

namespace RecDeepRL.Tests.Fuzzing;

/// <summary>Damages the contents of a file in a way that fits what it is: most cases stay well-formed enough to get past the parser.</summary>
internal static class Damage
{
    /// <param name="name">Name of the file, whose ending tells what it holds.</param>
    /// <returns>Other bytes, or, rarely, the same.</returns>
    public static byte[] Of(string name, byte[] content, Random random) => Path.GetExtension(name) switch
    {
        _ when random.Next(100) < 30 => Bytes(content, random),
        ".json" => JsonDamage.Of(content, random),
        ".safetensors" => Safetensors(content, random),
        ".parquet" => Parquet(content, random),
        _ => TextDamage.Of(content, random),
    };

    /// <summary>Flips, overwrites, cuts, repeats, inserts, without knowing what the bytes mean.</summary>
    public static byte[] Bytes(byte[] content, Random random)
    {
        var bytes = content.ToList();
        for (var edits = 1 + random.Next(3); edits > 0; edits--)
        {
            var place = random.Next(bytes.Count + 1);
            var length = Math.Min(bytes.Count - place, 1 + random.Next(16));
            switch (random.Next(6))
            {
                case 0 when place < bytes.Count:
                    bytes[place] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when place < bytes.Count:
                    bytes[place] = Extreme(random);
                    break;
                case 2:
                    bytes.RemoveRange(place, bytes.Count - place);
                    break;
                case 3:
                    bytes.RemoveRange(place, length);
                    break;
                case 4:
                    bytes.InsertRange(place, bytes.GetRange(place, length));
                    break;
                default:
                    bytes.InsertRange(place, Enumerable.Range(0, 1 + random.Next(16)).Select(_ => Extreme(random)).ToList());
                    break;
            }
        }
        return [.. bytes];
    }

    /// <summary>The header as the JSON that it is, with a length that fits; or another length.</summary>
    private static byte[] Safetensors(byte[] content, Random random)
    {
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(content);
        if (random.Next(8) == 0)
        {
            var lied = content.ToArray();
            BinaryPrimitives.WriteInt64LittleEndian(lied, Hostile.Whole(random));
            return lied;
        }
        var header = JsonDamage.Of(content[8..(8 + length)], random);
        var result = new byte[8 + header.Length + content.Length - 8 - length];
        BinaryPrimitives.WriteInt64LittleEndian(result, header.Length);
        header.CopyTo(result, 8);
        content.AsSpan(8 + length).CopyTo(result.AsSpan(8 + header.Length));
        return result;
    }

    /// <summary>Bytes of the footer (what lies where) or of a page's head; the length that the file ends with may lie.</summary>
    private static byte[] Parquet(byte[] content, Random random)
    {
        var bytes = content.ToArray();
        var footer = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(bytes.Length - 8));
        if (random.Next(10) == 0)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(bytes.Length - 8), unchecked((int)Hostile.Whole(random)));
            return bytes;
        }
        var inFooter = random.Next(3) != 0;
        for (var edits = 1 + random.Next(4); edits > 0; edits--)
        {
            var place = inFooter ? bytes.Length - 8 - footer + random.Next(footer) : random.Next(bytes.Length);
            bytes[place] = random.Next(2) == 0 ? (byte)(bytes[place] ^ (1 << random.Next(8))) : Extreme(random);
        }
        return bytes;
    }

    private static byte Extreme(Random random) => random.Next(4) switch { 0 => 0, 1 => 0xFF, 2 => 0x7F, _ => (byte)random.Next(256) };
}
