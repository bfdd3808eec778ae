using System.Security.Cryptography;
using RecDeepRL.Core.Options;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Responses.Steps;

/// <summary>One step of a <see cref="PipelineModel"/>: a number for each pair of a user and an item, made from users, items, iteration and earlier steps.</summary>
internal interface IResponseStep : IDisposable
{
    /// <summary>Whether it gives the same for the same inputs at every iteration.</summary>
    bool IsStationary { get; }

    /// <param name="pairs">What is asked about. Borrowed.</param>
    /// <param name="inputs">The values of earlier steps.</param>
    /// <returns>float64, broadcastable to the shape of <paramref name="pairs"/>; any finite number.</returns>
    Tensor Compute(PairBatch pairs, StepInputs inputs);

    /// <summary>Hashes what decides its values beside its options and the population, such as the content of a file or a seed.</summary>
    void AddTo(IncrementalHash hash)
    {
    }
}

/// <summary>What the options of all steps have in common.</summary>
internal abstract record ResponseStepOptions
{
    /// <summary>Name by which later steps take the result as input; none for the step's kind. Default none.</summary>
    public string? Output { get; init; }

    /// <summary>The earlier steps that it takes; none for the step before.</summary>
    internal virtual ValueList<string>? InputNames => [];

    /// <summary>Whether it makes no sense without an input.</summary>
    internal virtual bool NeedsInput => false;

    /// <summary>Weights given, one expected for each input; none where there are none.</summary>
    internal virtual int? WeightCount => null;
}
