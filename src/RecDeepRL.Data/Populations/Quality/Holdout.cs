using RecDeepRL.Core;
using RecDeepRL.Core.Options;

namespace RecDeepRL.Data.Populations.Quality;

/// <summary>Judges a kind of generator by users that it was not fitted to: one random half of the profiles for the fit, the other for the comparison,
/// with as many synthetic users. So resampling the fitted half shows what two samples of the same users are worth, which nothing can beat but by chance.</summary>
public static class Holdout
{
    /// <param name="options">Of the kind, validated.</param>
    /// <param name="profiles">At least 40 rows: each half needs 20.</param>
    /// <param name="seed">Seed of the halves, the fit, the sample and the folds of the detection; halves are the same for every kind.</param>
    /// <exception cref="UserMistakeException">There are fewer rows.</exception>
    public static QualityReport Judge(ComponentRegistration<GeneratorContext, IProfileGenerator> kind, object options, Profiles profiles, long seed, Action<string>? progress = null)
    {
        if (profiles.RowCount < 2 * QualityReport.FewestRows)
            throw new UserMistakeException($"{profiles.Source} has {profiles.RowCount} rows, comparing kinds of generators needs at least {2 * QualityReport.FewestRows}: one half is fitted, the other judges.");
        var rows = new RowDraws(seed, "halves").Shuffled(0, profiles.RowCount);
        var (fitted, heldOut) = (profiles.Take(rows[..(rows.Length / 2)]), profiles.Take(rows[(rows.Length / 2)..]));
        var generator = kind.Create(new GeneratorContext(fitted, seed, progress), options);
        var synthetic = new ProfileReading().ReadLike(generator.Sample(heldOut.RowCount, seed), heldOut);
        return QualityReport.Of(heldOut, synthetic, seed);
    }
}
