using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Contextual;

/// <summary>What contextual agents make of the user features.</summary>
public abstract record ContextInputOptions
{
    /// <summary>Whether the input has a constant 1 beside the user features; without any features it always has. Default true.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>Degree of the polynomial in the user features, 1 or 2; 2 adds their squares and their products. Default 1.</summary>
    [Range(1, 2)]
    public int Degree { get; init; } = 1;
}

/// <summary>The input x of a contextual agent: a constant 1, the user features as they come, and at degree 2 their squares and products.</summary>
internal sealed class ContextInputs
{
    private readonly EnvironmentSpec _spec;
    private readonly bool _bias;
    private readonly bool _products;

    public ContextInputs(EnvironmentSpec spec, ContextInputOptions options)
    {
        _spec = spec;
        var features = spec.UserFeatureCount;
        _bias = options.Bias || features == 0;
        _products = options.Degree == 2;
        Width = (_bias ? 1 : 0) + features + (_products ? features * (features + 1) / 2 : 0);
    }

    /// <summary>W, width of an input; at least 1.</summary>
    public int Width { get; }

    /// <summary>What the columns of an input are called.</summary>
    /// <returns>[W] names: <c>bias</c>, the features, and products such as <c>age·income</c> and <c>age²</c>.</returns>
    public IReadOnlyList<string> Names(Population population)
    {
        var names = new List<string>();
        if (_bias)
            names.Add("bias");
        string[] features = [.. Enumerable.Range(0, _spec.UserFeatureCount).Select(feature => feature < population.UserFeatureNames.Count ? population.UserFeatureNames[feature] : $"feature {feature}")];
        names.AddRange(features);
        for (var first = 0; _products && first < features.Length; first++)
            names.AddRange(features.Skip(first).Select((name, place) => place == 0 ? name + "²" : $"{features[first]}·{name}"));
        return names;
    }

    /// <returns>[B, W] float64: 1, then the features, then the products x₀x₀, x₀x₁, …, x₁x₁, …. The caller disposes.</returns>
    public Tensor Of(Observation observation)
    {
        using var scope = NewDisposeScope();
        var parts = new List<Tensor>();
        if (_bias)
            parts.Add(ones([observation.UserCount, 1], ScalarType.Float64, _spec.Device));
        if (_spec.UserFeatureCount > 0)
        {
            var features = observation.UserFeatures!.to_type(ScalarType.Float64);
            parts.Add(features);
            for (var first = 0; _products && first < _spec.UserFeatureCount; first++)
                parts.Add(features.narrow(1, first, 1) * features.narrow(1, first, _spec.UserFeatureCount - first));
        }
        return cat(parts, 1).MoveToOuterDisposeScope();
    }
}
