using RecDeepRL.Core.Options;

namespace RecDeepRL.Simulation.Responses.Steps;

/// <summary>Every response step that the program knows, one line each.</summary>
internal sealed class ResponseStepRegistry : IPartRegistry
{
    private ResponseStepRegistry()
    {
    }

    public static IReadOnlyList<ComponentRegistration<PartContext, IResponseStep>> All { get; } =
    [
        Step<ConstantOptions>("constant", "the same number for every pair", (_, options) => new ConstantStep(options)),
        Step<GaussianNoiseOptions>("gaussian-noise", "normal noise for each pair, anew in each round or once", (context, options) => new GaussianNoiseStep(context, options)),
        Step<TableOptions>("table", "a number for each pair from a file", (context, options) => new TableStep(context, options)),
        Step<ItemPopularityOptions>("item-popularity", "a number for each item, from a file or counted up", (context, options) => new ItemPopularityStep(context, options)),
        Step<CosineSimilarityOptions>("cosine-similarity", "the angle between the features of user and item", (context, options) => new CosineSimilarityStep(context, options)),
        Step<WeightedSumOptions>("weighted-sum", "earlier steps times weights, added up", (_, options) => new WeightedSumStep(options)),
        Step<LogisticOptions>("logistic", "a logistic curve over earlier steps and features", (context, options) => new LogisticStep(context, options)),
        Step<AbruptDriftOptions>("abrupt-drift", "from one round on, items change places or groups of them shift", (context, options) => new AbruptDriftStep(context, options)),
        Step<LinearDriftOptions>("linear-drift", "groups of items shift steadily between two rounds", (context, options) => new LinearDriftStep(context, options)),
        Step<SeasonalDriftOptions>("seasonal-drift", "groups of items rise and fall in waves", (context, options) => new SeasonalDriftStep(context, options)),
    ];

    public static string Label => "response step";

    public static IReadOnlyList<IComponentDescription> Descriptions => All;

    /// <exception cref="Core.UserMistakeException">No such step.</exception>
    public static ComponentRegistration<PartContext, IResponseStep> Find(string name) => All.Find("part", name);

    private static ComponentRegistration<PartContext, IResponseStep> Step<TOptions>(string name, string summary, Func<PartContext, TOptions, IResponseStep> create)
        where TOptions : ResponseStepOptions, new() => ComponentRegistration.Of(name, summary, create);
}
