using RecDeepRL.Core;
using RecDeepRL.Data.Files;

namespace RecDeepRL.Data.Populations;

/// <summary>Options of <see cref="ResampleGenerator"/>.</summary>
public sealed record ResampleOptions
{
    /// <summary>Whether a user may be drawn more than once; without it, at most as many can be drawn as there are. Default true.</summary>
    public bool Replacement { get; init; } = true;
}

/// <summary>The real profiles themselves, drawn at random: a bootstrap sample with replacement, a subset without.</summary>
/// <param name="Features">The profiles.</param>
public sealed record ResampleGenerator(bool Replacement, ProfileFeature[] Features) : IProfileGenerator
{
    internal const string Kind = "resample";

    public static ResampleGenerator Fit(Profiles profiles, ResampleOptions options) => new(options.Replacement, [.. profiles.Features]);

    public DataTable Sample(int count, long seed)
    {
        var draws = new RowDraws(seed, Kind);
        var profiles = new Profiles(Features, "the resampled profiles");
        if (Replacement)
            return profiles.Take(Array.ConvertAll(draws.Uniforms(0, count), share => (int)(share * profiles.RowCount))).ToTable();
        if (count > profiles.RowCount)
            throw new UserMistakeException($"{count} users were asked for, but there are only {profiles.RowCount} to draw without replacement. Ask for at most so many, or set replacement=true.");
        return profiles.Take(draws.Shuffled(0, profiles.RowCount)[..count]).ToTable();
    }

    public void Check()
    {
        if (Features.Length == 0 || Features.Any(feature => feature.RowCount != Features[0].RowCount) || Features[0].RowCount == 0)
            throw new InvalidDataException("the features have no rows, or not all as many");
        if (Features.DistinctBy(feature => feature.Name).Count() != Features.Length)
            throw new InvalidDataException("two features have the same name");
        foreach (var category in Features.OfType<CategoryFeature>())
        {
            if (category.Codes.Any(code => code < 0 || code >= category.Labels.Length))
                throw new InvalidDataException($"column '{category.Name}' has a code without a label");
            if (category.Labels.Length > 0)
                Marginal.Of(category).Check();
        }
    }
}
