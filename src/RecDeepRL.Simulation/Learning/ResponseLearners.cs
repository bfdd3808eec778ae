using RecDeepRL.Core;
using RecDeepRL.Core.Options;

namespace RecDeepRL.Simulation.Learning;

/// <summary>The response models that can be learned from a log. A new one is a line here.</summary>
public static class ResponseLearners
{
    internal const string Boosting = "boosting";
    internal const string Factorisation = "factorisation";

    public static IReadOnlyList<ComponentRegistration<LearningContext, IResponseLearner>> All { get; } =
    [
        ComponentRegistration.Of<LearningContext, BoostingOptions, IResponseLearner>(
            Boosting, "gradient-boosted trees on features of users and items; tables for context", (context, options) => new BoostingLearner(context, options)),
        ComponentRegistration.Of<LearningContext, FactorisationOptions, IResponseLearner>(
            Factorisation, "implicit-feedback matrix factorisation by alternating least squares; a table for personal", (context, options) => new FactorisationLearner(context, options)),
    ];

    /// <exception cref="UserMistakeException">No such name; the message suggests the nearest.</exception>
    public static ComponentRegistration<LearningContext, IResponseLearner> Find(string name) => All.FirstOrDefault(one => one.Name == name)
        ?? throw new UserMistakeException($"Unknown response model '{name}'.{NearName.Suggest(name, All.Select(one => one.Name))} Models are {string.Join(" and ", All.Select(one => one.Name))}.");
}
