using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Responses.Steps;

/// <summary>Options of the step <c>logistic</c>.</summary>
internal sealed record LogisticOptions : ResponseStepOptions, IValidatableObject
{
    /// <summary>Outputs of earlier steps, [] for no one; none for the step before, where there is one. Default none.</summary>
    public ValueList<string>? Inputs { get; init; }

    /// <summary>A weight for each input, each in [-1000000, 1000000]; none for 1 each. Default none.</summary>
    [Range(-1e6, 1e6)]
    public ValueList<double>? Weights { get; init; }

    /// <summary>What the curve begins from, in [-1000000, 1000000]. Default 0.</summary>
    [Range(-1e6, 1e6)]
    public double Bias { get; init; }

    /// <summary>A weight for each user feature, each in [-1000000, 1000000]; none to draw them. Default none.</summary>
    [Range(-1e6, 1e6)]
    public ValueList<double>? UserWeights { get; init; }

    /// <summary>A weight for each item feature, each in [-1000000, 1000000]; none to draw them. Default none.</summary>
    [Range(-1e6, 1e6)]
    public ValueList<double>? ItemWeights { get; init; }

    /// <summary>A weight for each product of a user feature and an item feature, each in [-1000000, 1000000], all items' for the first user feature first; none to draw them. Default none.</summary>
    [Range(-1e6, 1e6)]
    public ValueList<double>? InteractionWeights { get; init; }

    /// <summary>Standard deviation of the drawn weights of user features, in [0, 1000000]; at 0 there are none. Default 0.</summary>
    [Range(0.0, 1e6)]
    public double UserDeviation { get; init; }

    /// <summary>Standard deviation of the drawn weights of item features, in [0, 1000000]; at 0 there are none. Default 0.</summary>
    [Range(0.0, 1e6)]
    public double ItemDeviation { get; init; }

    /// <summary>Standard deviation of the drawn weights of products of features, in [0, 1000000]; at 0 there are none. Default 0.</summary>
    [Range(0.0, 1e6)]
    public double InteractionDeviation { get; init; }

    /// <summary>Seed of drawn weights; none for the seed of the population. Default none.</summary>
    public long? Seed { get; init; }

    internal override ValueList<string>? InputNames => Inputs;

    internal override int? WeightCount => Weights?.Count;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (UserWeights is not null && UserDeviation > 0)
            yield return new ValidationResult("userWeights and userDeviation were both given, must be one of them");
        if (ItemWeights is not null && ItemDeviation > 0)
            yield return new ValidationResult("itemWeights and itemDeviation were both given, must be one of them");
        if (InteractionWeights is not null && InteractionDeviation > 0)
            yield return new ValidationResult("interactionWeights and interactionDeviation were both given, must be one of them");
    }
}

/// <summary>A logistic curve: 1 / (1 + exp(−s)) with s = bias + Σⱼ weightⱼ · inputⱼ + a·x + b·z + xᵀWz, for user features x and item features z.</summary>
/// <remarks>Weights of features are given or drawn once, independent normal with mean 0: draw (0, feature) of the streams
/// <c>logistic:user</c> and <c>logistic:item</c>, draw (0, user feature · width + item feature) of <c>logistic:interaction</c>, each
/// followed by the step's output. A logistic regression on the features, their products and earlier steps.</remarks>
internal sealed class LogisticStep : IResponseStep
{
    private readonly LogisticOptions _options;
    private readonly long _seed;
    private readonly Tensor? _ofUsers; // [U], a·x.
    private readonly Tensor? _ofItems; // [N], b·z.
    private readonly Tensor? _projected; // [U, D'], xᵀW.
    private readonly Tensor? _items; // [N, D'], z.

    /// <exception cref="UserMistakeException">Features that are missing, or weights of another number.</exception>
    public LogisticStep(PartContext context, LogisticOptions options)
    {
        _options = options;
        _seed = options.Seed ?? context.Seed;
        using var scope = NewDisposeScope();
        if (options.UserWeights is not null || options.UserDeviation > 0)
        {
            var users = FeatureColumns.OfUsers(context.Population);
            _ofUsers = users.matmul(Weights("user", options.UserWeights, options.UserDeviation, users.size(1), users.device)).DetachFromDisposeScope();
        }
        if (options.ItemWeights is not null || options.ItemDeviation > 0)
        {
            var items = FeatureColumns.OfItems(context.Population);
            _ofItems = items.matmul(Weights("item", options.ItemWeights, options.ItemDeviation, items.size(1), items.device)).DetachFromDisposeScope();
        }
        if (options.InteractionWeights is not null || options.InteractionDeviation > 0)
        {
            var (users, items) = (FeatureColumns.OfUsers(context.Population), FeatureColumns.OfItems(context.Population));
            var (width, height) = (items.size(1), users.size(1));
            var weights = Weights("interaction", options.InteractionWeights, options.InteractionDeviation, height * width, users.device);
            _projected = users.matmul(weights.reshape(height, width)).DetachFromDisposeScope();
            _items = items.DetachFromDisposeScope();
        }
    }

    public bool IsStationary => true;

    public Tensor Compute(PairBatch pairs, StepInputs inputs)
    {
        using var scope = NewDisposeScope();
        var sum = inputs.WeightedSum(pairs, _options.Weights).add(_options.Bias);
        if (_ofUsers is not null)
            sum = sum.add(pairs.OfUsers(_ofUsers));
        if (_ofItems is not null)
            sum = sum.add(pairs.OfItems(_ofItems));
        if (_projected is not null)
            sum = sum.add(pairs.Products(_projected, _items!));
        return sum.sigmoid().MoveToOuterDisposeScope();
    }

    public void AddTo(IncrementalHash hash)
    {
        if (_options.UserDeviation > 0 || _options.ItemDeviation > 0 || _options.InteractionDeviation > 0)
            hash.AppendData(BitConverter.GetBytes(_seed));
    }

    public void Dispose()
    {
        _ofUsers?.Dispose();
        _ofItems?.Dispose();
        _projected?.Dispose();
        _items?.Dispose();
    }

    /// <returns>[count] float64: those given, or drawn ones.</returns>
    private Tensor Weights(string whose, ValueList<double>? given, double deviation, long count, Device device)
    {
        if (given is not null && given.Count != count)
            throw new UserMistakeException($"{whose}Weights has {given.Count} values, must have {count}, one for each {(whose == "interaction" ? "product of a user feature and an item feature" : $"{whose} feature")}.");
        return given is not null
            ? tensor(given.ToArray(), ScalarType.Float64, device)
            : new RandomStream(_seed, $"logistic:{whose}:{_options.Output}").Normal(0, device, count).to_type(ScalarType.Float64).mul_(deviation);
    }
}
