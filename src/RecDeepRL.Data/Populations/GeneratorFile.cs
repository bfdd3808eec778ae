using System.Text.Json;
using System.Text.Json.Serialization;
using RecDeepRL.Core;

namespace RecDeepRL.Data.Populations;

/// <summary>Generators in files: JSON that says what it is, <c>{"format": "recdeeprl-population", "version": 1, "generator": {"kind": …}}</c>.</summary>
public static class GeneratorFile
{
    private const string Format = "recdeeprl-population";
    private const int Version = 1;

    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true,
        TypeInfoResolver = StrictJson.Resolver,
        Converters = { new OnOneLine<double>(), new OnOneLine<float>(), new OnOneLine<long>(), new OnOneLine<int>(), new OnOneLine<string>() },
    };

    /// <summary>A reader sees the old file or the new, never a part of it.</summary>
    /// <exception cref="UserMistakeException">It cannot be written; an old file is untouched then.</exception>
    public static void Save(string path, IProfileGenerator generator)
    {
        var temporary = path + ".part";
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                JsonSerializer.Serialize(file, new Content(Format, Version, generator), s_options);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(temporary))
                File.Delete(temporary);
            throw new UserMistakeException($"'{path}' cannot be written: {fault.Message} Free space or choose another folder.", fault);
        }
    }

    /// <exception cref="UserMistakeException">No such file, another format or version, or contents that do not fit together.</exception>
    public static IProfileGenerator Load(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            RequireKnown(bytes, path);
            var generator = JsonSerializer.Deserialize<Content>(bytes, s_options)!.Generator;
            generator.Check();
            return generator;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException($"The generator '{path}' cannot be read: {fault.Message} Make one with 'population fit'.", fault);
        }
        catch (Exception fault) when (StrictJson.IsDamage(fault))
        {
            throw new UserMistakeException($"'{path}' is damaged: {fault.Message.ReplaceLineEndings(" ").TrimEnd('.')}. Make it again with 'population fit'.", fault);
        }
    }

    private static void RequireKnown(byte[] bytes, string path)
    {
        using var document = ParseOrNull(bytes);
        if (document?.RootElement is not { ValueKind: JsonValueKind.Object } root || !root.TryGetProperty("format", out var format) || format.ToString() != Format)
            throw new UserMistakeException($"'{path}' is not a saved generator of populations. Make one with 'population fit'.");
        if (!root.TryGetProperty("version", out var version) || !version.TryGetInt32(out var number) || number != Version)
            throw new UserMistakeException($"'{path}' has version {version}, this program reads version {Version}. Make it again with 'population fit'.");
    }

    private static JsonDocument? ParseOrNull(byte[] bytes)
    {
        try
        {
            return JsonDocument.Parse(bytes);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Content(string Format, int Version, IProfileGenerator Generator);

    /// <summary>Thousands of numbers, each on a line of its own, would hide the rest of the file.</summary>
    private sealed class OnOneLine<T> : JsonConverter<T[]>
    {
        public override T[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<T[]>(ref reader) ?? throw new JsonException("an array is null");

        public override void Write(Utf8JsonWriter writer, T[] value, JsonSerializerOptions options) => writer.WriteRawValue(JsonSerializer.SerializeToUtf8Bytes(value));
    }
}
