using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Responses.Steps;

/// <summary>Options of the step <c>gaussian-noise</c>.</summary>
internal sealed record GaussianNoiseOptions : ResponseStepOptions
{
    /// <summary>Mean, in [-1000000, 1000000]. Default 0.</summary>
    [Range(-1e6, 1e6)]
    public double Mean { get; init; }

    /// <summary>Standard deviation, in [0, 1000000]. Default 0.1.</summary>
    [Range(0.0, 1e6)]
    public double Deviation { get; init; } = .1;

    /// <summary>Whether each round has noise of its own; otherwise a pair keeps what it got once. Default true.</summary>
    public bool PerRound { get; init; } = true;

    /// <summary>Whether negative noise is replaced by 0. Default false.</summary>
    public bool ClipNegative { get; init; }

    /// <summary>Seed of the noise; none for the seed of the population. Default none.</summary>
    public long? Seed { get; init; }
}

/// <summary>Normal noise for each pair of a user and an item: mean + deviation · z, or the positive part of it. Sim4Rec's NoiseResponse.</summary>
/// <remarks>z of user u and item i in round t is draw (t, u·N + i) of a stream of the step's own, named after its output. It is part of the
/// truth of its round: an evaluation of a round meets the noise of that round. Deviates: Sim4Rec draws anew at each call, and replaces
/// negative noise by 0 unless told otherwise.</remarks>
internal sealed class GaussianNoiseStep(PartContext context, GaussianNoiseOptions options) : IResponseStep
{
    private readonly RandomStream _stream = new(options.Seed ?? context.Seed, "gaussian-noise:" + options.Output);

    public bool IsStationary => !options.PerRound;

    public Tensor Compute(PairBatch pairs, StepInputs inputs)
    {
        using var scope = NewDisposeScope();
        var noise = _stream.Normal(options.PerRound ? pairs.Iteration : 0, pairs.Lanes()).to_type(ScalarType.Float64).mul_(options.Deviation).add_(options.Mean);
        return (options.ClipNegative ? noise.clamp_min_(0.0) : noise).MoveToOuterDisposeScope();
    }

    public void AddTo(IncrementalHash hash) => hash.AppendData(BitConverter.GetBytes(_stream.Seed));

    public void Dispose()
    {
    }
}
