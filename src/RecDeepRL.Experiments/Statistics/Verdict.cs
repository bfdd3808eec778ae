using System.Text.Json.Serialization;

namespace RecDeepRL.Experiments.Statistics;

/// <summary>What can be said of an agent against the best of its table.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
public enum Verdict
{
    /// <summary>The highest mean. Whether that means anything, the others' verdicts tell.</summary>
    [JsonStringEnumMemberName("best")]
    Best,

    /// <summary>Behind by no more than chance explains, after correction for all comparisons with the best.</summary>
    [JsonStringEnumMemberName("tied")]
    Tied,

    /// <summary>Behind by more than chance explains.</summary>
    [JsonStringEnumMemberName("worse")]
    Worse,

    /// <summary>It uses the truth: a line to measure by, and out of the competition.</summary>
    [JsonStringEnumMemberName("bound")]
    Bound,

    /// <summary>Fewer than two seeds in common with the best, which tell nothing.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,
}

/// <summary>An agent against the best one.</summary>
/// <param name="Verdict">At a level of 5 % for all comparisons of the table together.</param>
/// <param name="Behind">How far it is behind the best: above 0 where it is worse. The interval is not corrected. None for the best itself and where no seed is common.</param>
/// <param name="PValue">Corrected by Holm's method over all agents but bounds; not a number where there is none.</param>
public sealed record Standing(Verdict Verdict, Estimate? Behind, double PValue)
{
    /// <summary>The chance of calling any agent of a table worse that is not.</summary>
    public const double Level = 0.05;

    /// <summary>The verdict on one that is no bound and not the best.</summary>
    internal static Verdict VerdictOf(double correctedPValue) =>
        double.IsNaN(correctedPValue) ? Verdict.Unknown : correctedPValue > Level ? Verdict.Tied : Verdict.Worse;
}
