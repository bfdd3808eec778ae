using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Experiments.Comparison;

namespace RecDeepRL.Experiments.Questions;

/// <summary>A research question: what to run, what to look at, and how the answer is made of it.</summary>
public sealed record Question
{
    /// <summary>Such as <c>task1-clicks</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The question in one line.</summary>
    public required string Asks { get; init; }

    /// <summary>About how long it takes on two cores with ten seeds, in words.</summary>
    public required string Takes { get; init; }

    /// <summary>What is run, under every seed.</summary>
    public required IReadOnlyList<QuestionRun> Runs { get; init; }

    /// <summary>How closely the agents are looked into.</summary>
    public QuestionInsight Insight { get; init; } = QuestionInsight.None;

    /// <summary>Makes the answer from finished runs alone: no sentence stands that the numbers do not hold.</summary>
    public required Func<Evidence, Answer> Answer { get; init; }

    /// <summary>The comparison that brings the evidence, resolved.</summary>
    /// <exception cref="UserMistakeException">An option is out of range.</exception>
    public ComparisonPlan Plan(QuestionSettings settings, Catalog catalog) => new ComparisonPlan
    {
        Pairs = [.. Runs.Select(run => run.Plan(settings))],
        Seeds = [.. Enumerable.Range(1, settings.Seeds).Select(seed => (long)seed)],
    }.Resolve(catalog);

    /// <summary>Rounds that a snapshot of the insight sums up, for <see cref="ComparisonRunner.InsightEvery"/>.</summary>
    public int InsightEvery => Insight == QuestionInsight.EveryRound ? 1 : int.MaxValue;
}

/// <summary>How closely the agents of a question are looked into.</summary>
public enum QuestionInsight
{
    /// <summary>Scores and learning curves are enough.</summary>
    None,

    /// <summary>What they have learned in the end.</summary>
    AtTheEnd,

    /// <summary>What they show and think after every round.</summary>
    EveryRound,
}

/// <summary>What whoever asks may choose.</summary>
public sealed record QuestionSettings
{
    /// <summary>Seeds 1 to this number, at least 1.</summary>
    public int Seeds { get; init; } = 10;

    /// <summary>Folder in the original's layout, absolute; none for the built-in populations of the same kind.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Rounds of every run; none for the question's own.</summary>
    public int? Iterations { get; init; }

    /// <summary>Options of every environment that go before the question's own, such as <c>users</c>.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentOptions { get; init; } = new Dictionary<string, string>();
}

/// <summary>The questions by name.</summary>
public static class QuestionNames
{
    /// <exception cref="UserMistakeException">No such question; a near name is suggested.</exception>
    public static Question Find(this IReadOnlyList<Question> questions, string name) =>
        questions.FirstOrDefault(question => question.Name == name)
        ?? throw new UserMistakeException($"Unknown question '{name}'.{NearName.Suggest(name, questions.Select(question => question.Name))} 'answer --list' shows all.");
}
