using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using RecDeepRL.Core;
using RecDeepRL.Data.Files;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Responses.Steps;

/// <summary>Options of the step <c>item-popularity</c>.</summary>
internal sealed record ItemPopularityOptions : ResponseStepOptions
{
    /// <summary>Parquet or CSV file with the columns item_idx and the one named below, relative to the current folder; none to count up by the modulus. Default none.</summary>
    public string? File { get; init; }

    /// <summary>Column of the numbers, where there is a file. Default popularity.</summary>
    public string Column { get; init; } = "popularity";

    /// <summary>m, at least 1: without a file, item i has the number (i mod m) / m. Default 10.</summary>
    [Range(1, int.MaxValue)]
    public int Modulus { get; init; } = 10;
}

/// <summary>A number for each item, the same for every user: from a file, or (i mod m) / m for the item of id i.</summary>
internal sealed class ItemPopularityStep : IResponseStep
{
    private readonly Tensor _values; // [N]
    private readonly byte[] _content;

    /// <exception cref="UserMistakeException">A file that cannot be read or lacks an item.</exception>
    public ItemPopularityStep(PartContext context, ItemPopularityOptions options)
    {
        double[] values = options.File is { } file
            ? ScoreFile.ReadItems(file, options.Column, context.Population.ItemKeys)
            : [.. Enumerable.Range(0, context.Population.ItemCount).Select(item => item % options.Modulus / (double)options.Modulus)];
        _content = SHA256.HashData(MemoryMarshal.AsBytes<double>(values));
        _values = tensor(values, ScalarType.Float64, context.Device).DetachFromDisposeScope();
    }

    public bool IsStationary => true;

    public Tensor Compute(PairBatch pairs, StepInputs inputs) => pairs.OfItems(_values);

    public void AddTo(IncrementalHash hash) => hash.AppendData(_content);

    public void Dispose() => _values.Dispose();
}
