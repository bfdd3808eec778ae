using System.Buffers.Binary;
using System.Text.Json;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Experiments.Checkpoints;

/// <summary>Tensors in the safetensors format: 8 bytes little-endian header length, a JSON header, then the raw tensors. PyTorch and others read it.</summary>
/// <remarks>https://huggingface.co/docs/safetensors. Reading trusts nothing: lengths, types, shapes and offsets are checked against the file's size first.</remarks>
public static class SafetensorsFile
{
    private const int MaximumHeader = 100_000_000;

    private static readonly (string Name, ScalarType Type, int Size)[] s_types =
    [
        ("F64", ScalarType.Float64, 8), ("F32", ScalarType.Float32, 4), ("F16", ScalarType.Float16, 2), ("BF16", ScalarType.BFloat16, 2),
        ("I64", ScalarType.Int64, 8), ("I32", ScalarType.Int32, 4), ("I16", ScalarType.Int16, 2), ("I8", ScalarType.Int8, 1),
        ("U8", ScalarType.Byte, 1), ("BOOL", ScalarType.Bool, 1),
    ];

    /// <summary>Writes and flushes to disk.</summary>
    /// <param name="tensors">On the CPU and contiguous.</param>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        Write(file, tensors);
        file.Flush(flushToDisk: true);
    }

    /// <inheritdoc cref="Write(string, IReadOnlyDictionary{string, Tensor})"/>
    public static void Write(Stream file, IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            var offset = 0L;
            foreach (var (name, tensor) in tensors)
            {
                var type = s_types.First(one => one.Type == tensor.dtype);
                var end = offset + (tensor.numel() * type.Size);
                json.WriteStartObject(name);
                json.WriteString("dtype", type.Name);
                json.WriteStartArray("shape");
                foreach (var size in tensor.shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(end);
                json.WriteEndArray();
                json.WriteEndObject();
                offset = end;
            }
            json.WriteEndObject();
        }
        // Spaces behind the header keep the tensors aligned to 8 bytes, as the format recommends.
        while (header.Length % 8 != 0)
            header.WriteByte((byte)' ');
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        file.Write(length);
        header.Position = 0;
        header.CopyTo(file);
        foreach (var tensor in tensors.Values)
            tensor.WriteBytesToStream(file);
    }

    /// <summary>Reads every tensor onto the CPU.</summary>
    /// <exception cref="UserMistakeException">The file is missing, cut off, or not in the format.</exception>
    public static IReadOnlyDictionary<string, Tensor> Read(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return Read(file, path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException($"{path} cannot be read: {fault.Message}", fault);
        }
    }

    /// <param name="file">From its beginning; of a known length.</param>
    /// <param name="path">What it is called in messages.</param>
    /// <exception cref="UserMistakeException">It is cut off, or not in the format.</exception>
    public static IReadOnlyDictionary<string, Tensor> Read(Stream file, string path)
    {
        try
        {
            return ReadWhole(file, path);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or OverflowException)
        {
            throw Damaged(path, "its header is not valid: " + fault.Message.ReplaceLineEndings(" "));
        }
    }

    private static SortedDictionary<string, Tensor> ReadWhole(Stream file, string path)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (file.ReadAtLeast(prefix, 8, throwOnEndOfStream: false) < 8)
            throw Damaged(path, $"it has {file.Length} bytes, fewer than the 8 of its header's length");
        var headerLength = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (headerLength < 2 || headerLength > Math.Min(MaximumHeader, file.Length - 8))
            throw Damaged(path, $"its header claims {headerLength} bytes of a file of {file.Length}");
        var header = new byte[headerLength];
        file.ReadExactly(header);
        using var document = JsonDocument.Parse(header);
        var dataStart = 8 + headerLength;
        var entries = document.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__")
            .Select(entry => Parse(entry, path)).OrderBy(entry => entry.Start).ToList();
        // Checked as a whole before a byte of data is read: the tensors lie end to end and fill the file.
        var expected = 0L;
        foreach (var entry in entries)
        {
            if (entry.Start != expected || entry.End - entry.Start != checked(entry.Count * entry.Size))
                throw Damaged(path, $"tensor '{entry.Name}' does not lie where its shape says");
            expected = entry.End;
        }
        if (dataStart + expected != file.Length)
            throw Damaged(path, $"it has {file.Length} bytes, its header describes {dataStart + expected}");
        var tensors = new SortedDictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var tensor = empty(entry.Shape, entry.Type).DetachFromDisposeScope();
            tensors.Add(entry.Name, tensor);
            if (entry.Count > 0)
                tensor.ReadBytesFromStream(file);
        }
        return tensors;
    }

    private static Entry Parse(JsonProperty entry, string path)
    {
        var name = entry.Value.GetProperty("dtype").GetString();
        var type = s_types.FirstOrDefault(one => one.Name == name);
        if (type.Name is null)
            throw Damaged(path, $"tensor '{entry.Name}' has the unknown type '{name}'");
        var shape = entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
        var offsets = entry.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToArray();
        if (offsets.Length != 2 || shape.Any(size => size < 0))
            throw Damaged(path, $"tensor '{entry.Name}' has no valid shape or offsets");
        // A tensor without elements has strides all the same, and they have to be numbers.
        _ = shape.Aggregate(1L, (stride, size) => checked(stride * Math.Max(1, size)));
        return new Entry(entry.Name, type.Type, type.Size, shape, shape.Aggregate(1L, (product, size) => checked(product * size)), offsets[0], offsets[1]);
    }

    private static UserMistakeException Damaged(string path, string what) =>
        new($"{path} is damaged or not a safetensors file: {what}. Use another checkpoint.");

    private sealed record Entry(string Name, ScalarType Type, int Size, long[] Shape, long Count, long Start, long End);
}
