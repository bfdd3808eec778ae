using RecDeepRL.Data.Files;
using RecDeepRL.Data.Populations;
using RecDeepRL.Data.Populations.Quality;

namespace RecDeepRL.Tests.Data.Populations;

/// <summary>The copula keeps more of the original's users than independent columns do.</summary>
public sealed class OriginalPopulationTests
{
    [SkippableFact]
    public void TheCopulaBeatsIndependentColumnsOnUserFeatures() =>
        CopulaBeatsIndependentColumns(new ProfileReading(), Path.Combine(OriginalData.Require(), "response_models", "data", "users_context.parquet"), 3000, seeds: 2);

    [SkippableFact]
    public void TheCopulaBeatsIndependentColumnsOnMovieLensProfiles() =>
        CopulaBeatsIndependentColumns(new ProfileReading { Key = "userid", Without = ["zip-code"] }, Path.Combine(OriginalData.Require(), "data", "task_4", "user_features.csv"), 6040, seeds: 1);

    private static void CopulaBeatsIndependentColumns(ProfileReading reading, string path, int rows, int seeds)
    {
        var profiles = reading.Read(TableFile.Read(path));
        Assert.Equal(rows, profiles.RowCount);
        var copula = Judged("copula");
        var independent = Judged("independent");
        Assert.True(copula.Average(one => one.CorrelationSimilarity) > independent.Average(one => one.CorrelationSimilarity));
        Assert.True(copula.Average(one => one.TreeDetection) < independent.Average(one => one.TreeDetection));

        List<QualityReport> Judged(string name)
        {
            var kind = GeneratorRegistry.Find(name);
            // The differences of the documented ten seeds are many times their spread; one or two seeds suffice, and a fixed number of segments spares the search for one.
            object options = name == "copula" ? new CopulaOptions { Segments = 16 } : Activator.CreateInstance(kind.OptionsType)!;
            return [.. Enumerable.Range(1, seeds).Select(seed => Holdout.Judge(kind, options, profiles, seed))];
        }
    }
}
