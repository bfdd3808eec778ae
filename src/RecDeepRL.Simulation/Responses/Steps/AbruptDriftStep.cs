using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using RecDeepRL.Core.Options;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Responses.Steps;

/// <summary>Options of the step <c>abrupt-drift</c>.</summary>
internal sealed record AbruptDriftOptions : DriftStepOptions, IValidatableObject
{
    /// <summary>The first round after the change, counted from 0; none for half of the environment's iterations. Default none.</summary>
    [Range(0, int.MaxValue)]
    public int? Round { get; init; }

    /// <summary>Whether items change places: each gets the input of another, drawn once. Default true.</summary>
    public bool Permute { get; init; } = true;

    /// <summary>What is added, each in [-1000000, 1000000]: item i gets the number at place i mod the length of the list; none for nothing. Default none.</summary>
    [Range(-1e6, 1e6)]
    public ValueList<double>? Offsets { get; init; }

    /// <summary>Seed of the permutation; none for the seed of the population. Default none.</summary>
    public long? Seed { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Permute && Offsets is null or { Count: 0 })
            yield return new ValidationResult("permute was false and offsets was none, so that nothing would change; give one of them");
    }
}

/// <summary>The input until a round, and something else from that round on: the input of other items, or the input with an offset for each
/// group of items, or both. The sudden drift of Gama et al. 2014, A survey on concept drift adaptation.</summary>
/// <remarks>Each item gets the input of the item that a permutation sends it to, drawn uniformly from all permutations (it may leave some
/// items in place): the order of draws 0 … N − 1 of the stream <c>abrupt-drift</c>, followed by the step's output.</remarks>
internal sealed class AbruptDriftStep : IResponseStep
{
    private readonly int _round;
    private readonly long _seed;
    private readonly Tensor? _replacement; // [N] int64.
    private readonly ItemGroups? _groups;
    private readonly double[] _offsets;

    public AbruptDriftStep(PartContext context, AbruptDriftOptions options)
    {
        _round = options.Round ?? context.DefaultIterations / 2;
        _seed = options.Seed ?? context.Seed;
        _offsets = [.. options.Offsets ?? []];
        if (_offsets.Length > 0)
            _groups = new ItemGroups(_offsets.Length, context);
        if (!options.Permute)
            return;
        using var scope = NewDisposeScope();
        var draws = new RandomStream(_seed, "abrupt-drift:" + options.Output).Bits(0, arange(context.Population.ItemCount, ScalarType.Int64, CPU));
        _replacement = draws.argsort().to(context.Device, copy: true).DetachFromDisposeScope();
    }

    public bool IsStationary => false;

    public Tensor Compute(PairBatch pairs, StepInputs inputs)
    {
        using var scope = NewDisposeScope();
        if (pairs.Iteration < _round)
            return inputs.Of(0, pairs).clone().MoveToOuterDisposeScope();
        var values = _replacement is null ? inputs.Of(0, pairs) : pairs.WithItemsReplaced(_replacement, other => inputs.Of(0, other));
        return (_groups is null ? values.clone() : values.add(_groups.Of(pairs, _offsets))).MoveToOuterDisposeScope();
    }

    public void AddTo(IncrementalHash hash)
    {
        if (_replacement is not null)
            hash.AppendData(BitConverter.GetBytes(_seed));
    }

    public void Dispose()
    {
        _replacement?.Dispose();
        _groups?.Dispose();
    }
}
