using System.Runtime.InteropServices;
using System.Security.Cryptography;
using RecDeepRL.Core;
using RecDeepRL.Data.Files;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Responses.Steps;

/// <summary>Options of the step <c>table</c>.</summary>
internal sealed record TableOptions : ResponseStepOptions
{
    /// <summary>Parquet or CSV file with the columns user_idx, item_idx and the one named below, relative to the current folder; must be given. Default none.</summary>
    public string? File { get; init; }

    /// <summary>Column of the numbers. Default probability.</summary>
    public string Column { get; init; } = "probability";
}

/// <summary>A number for each pair of a user and an item from a file, such as the probabilities of a Bernoulli table. Kept as float32.</summary>
internal sealed class TableStep : IResponseStep
{
    private readonly Tensor _values; // [U, N]
    private readonly byte[] _content;

    /// <exception cref="UserMistakeException">No file, one that cannot be read, or one that lacks a pair.</exception>
    public TableStep(PartContext context, TableOptions options)
    {
        var population = context.Population;
        var values = ScoreFile.ReadPairs(
            options.File ?? throw new UserMistakeException("file was none, must be a Parquet or CSV file with the columns user_idx, item_idx and " + options.Column + "."),
            options.Column, population.UserKeys, population.ItemKeys);
        _content = SHA256.HashData(MemoryMarshal.AsBytes<float>(values));
        using var loaded = tensor(values, [population.UserCount, population.ItemCount], ScalarType.Float32);
        _values = loaded.to(context.Device, copy: true).DetachFromDisposeScope();
    }

    public bool IsStationary => true;

    public Tensor Compute(PairBatch pairs, StepInputs inputs)
    {
        using var picked = pairs.OfPairs(_values);
        return picked.to_type(ScalarType.Float64);
    }

    public void AddTo(IncrementalHash hash) => hash.AppendData(_content);

    public void Dispose() => _values.Dispose();
}
