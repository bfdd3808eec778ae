namespace RecDeepRL.Experiments.Insight;

/// <summary>All users divided by one thing that is known of them.</summary>
/// <param name="Name">A feature, or <c>best slate</c>: how much the user's best slate promised before the first round, which tells users easy to please from others.</param>
/// <param name="Segments">At least two.</param>
public sealed record SegmentGrouping(string Name, IReadOnlyList<UserSegment> Segments);

/// <summary>Users who are alike in something.</summary>
/// <param name="Name">Such as <c>age 0.25 to 0.5</c>.</param>
/// <param name="Users">How many they are.</param>
/// <param name="Slates">Slates shown to them while training.</param>
/// <param name="Responses">The sum of their responses to these.</param>
/// <param name="Expected">Expected responses per user to what exploit mode shows them after the last round; none before.</param>
/// <param name="Oracle">The same of each user's best slate.</param>
public sealed record UserSegment(string Name, long Users, long Slates, double Responses, double? Expected = null, double? Oracle = null)
{
    /// <summary>Mean responses per slate while training; not a number where nothing was shown.</summary>
    public double MeanResponses => Responses / Slates;
}
