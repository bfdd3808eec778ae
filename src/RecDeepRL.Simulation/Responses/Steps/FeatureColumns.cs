using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Responses.Steps;

/// <summary>The features of a population as steps compute with them.</summary>
internal static class FeatureColumns
{
    /// <param name="columns">Names of the features to take; none for all.</param>
    /// <returns>[U, D] float64.</returns>
    /// <exception cref="UserMistakeException">Users have no features, or none of such a name.</exception>
    public static Tensor OfUsers(Population population, ValueList<string>? columns = null) => Take("users", population.UserFeatures, population.UserFeatureNames, columns);

    /// <inheritdoc cref="OfUsers"/>
    /// <returns>[N, D] float64.</returns>
    public static Tensor OfItems(Population population, ValueList<string>? columns = null) => Take("items", population.ItemFeatures, population.ItemFeatureNames, columns);

    private static Tensor Take(string whose, Tensor? features, IReadOnlyList<string> names, ValueList<string>? columns)
    {
        if (features is null)
            throw new UserMistakeException($"{whose} have no features, and this step needs some. Give the environment features of {whose}, or leave the step out.");
        if (columns is null)
            return features.to_type(ScalarType.Float64, copy: true);
        var places = columns.Select(column => (long)names.ToList().IndexOf(column)).ToArray();
        if (Array.IndexOf(places, -1) is var missing and >= 0)
            throw new UserMistakeException($"{whose} have no feature '{columns[missing]}'.{NearName.Suggest(columns[missing], names)} Features are {string.Join(", ", names)}.");
        using var scope = NewDisposeScope();
        return features.index_select(1, tensor(places, ScalarType.Int64, features.device)).to_type(ScalarType.Float64).MoveToOuterDisposeScope();
    }
}
