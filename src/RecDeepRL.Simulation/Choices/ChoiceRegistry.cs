using RecDeepRL.Core.Options;

namespace RecDeepRL.Simulation.Choices;

/// <summary>Every choice model that the program knows, one line each.</summary>
internal sealed class ChoiceRegistry : IPartRegistry
{
    private ChoiceRegistry()
    {
    }

    public static IReadOnlyList<ComponentRegistration<PartContext, IChoiceModel>> All { get; } =
    [
        Choice<IndependentOptions>("independent", "each item is answered for itself", (_, _) => new IndependentChoice()),
        Choice<PositionBasedOptions>("position-based", "an item is seen the less the further down it stands", (context, options) => new PositionBasedChoice(context, options)),
        Choice<CascadeOptions>("cascade", "users read from the top and stop, mostly, at what they like", (_, options) => new CascadeChoice(options)),
        Choice<MultinomialLogitOptions>("multinomial-logit", "items compete for at most one response per slate", (_, options) => new MultinomialLogitChoice(options)),
    ];

    public static string Label => "choice model";

    public static IReadOnlyList<IComponentDescription> Descriptions => All;

    /// <exception cref="Core.UserMistakeException">No such choice model.</exception>
    public static ComponentRegistration<PartContext, IChoiceModel> Find(string name) => All.Find("part", name);

    private static ComponentRegistration<PartContext, IChoiceModel> Choice<TOptions>(string name, string summary, Func<PartContext, TOptions, IChoiceModel> create)
        where TOptions : class, new() => ComponentRegistration.Of(name, summary, create);
}

/// <summary>The choice model <c>independent</c> has no options.</summary>
internal sealed record IndependentOptions;
