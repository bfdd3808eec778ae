using RecDeepRL.Core;
using RecDeepRL.Core.Options;

namespace RecDeepRL.Data.Populations;

/// <summary>What a generator is fitted to, beside its options.</summary>
/// <param name="Seed">Seed of the fit, where it draws.</param>
/// <param name="Progress">Told how a long fit goes.</param>
public sealed record GeneratorContext(Profiles Profiles, long Seed, Action<string>? Progress = null);

/// <summary>The kinds of generators that can be fitted to profiles.</summary>
public static class GeneratorRegistry
{
    public static IReadOnlyList<ComponentRegistration<GeneratorContext, IProfileGenerator>> All { get; } =
    [
        ComponentRegistration.Of<GeneratorContext, CopulaOptions, IProfileGenerator>(CopulaGenerator.Kind, "Gaussian copulas of segments: keep marginals and correlations", (context, options) => CopulaGenerator.Fit(context.Profiles, options, context.Seed)),
        ComponentRegistration.Of<GeneratorContext, VaeOptions, IProfileGenerator>(VaeGenerator.Kind, "variational autoencoder for tables: learns any relation", (context, options) => VaeGenerator.Fit(context.Profiles, options, context.Seed, context.Progress)),
        ComponentRegistration.Of<GeneratorContext, IndependentOptions, IProfileGenerator>(IndependentGenerator.Kind, "each column on its own: keeps marginals only", (context, _) => IndependentGenerator.Fit(context.Profiles)),
        ComponentRegistration.Of<GeneratorContext, ResampleOptions, IProfileGenerator>(ResampleGenerator.Kind, "the real profiles themselves, drawn at random", (context, options) => ResampleGenerator.Fit(context.Profiles, options)),
    ];

    /// <exception cref="UserMistakeException">No such kind; the message suggests the nearest.</exception>
    public static ComponentRegistration<GeneratorContext, IProfileGenerator> Find(string name) =>
        All.FirstOrDefault(one => one.Name == name)
            ?? throw new UserMistakeException($"Unknown kind of generator '{name}'.{NearName.Suggest(name, All.Select(one => one.Name))} Kinds are {string.Join(", ", All.Select(one => one.Name))}.");
}
