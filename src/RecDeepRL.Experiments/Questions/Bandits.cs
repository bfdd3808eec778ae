namespace RecDeepRL.Experiments.Questions;

/// <summary>The bandits of the first task, which several questions ask about.</summary>
internal static class Bandits
{
    /// <summary>The one that the original project started from: UCB whose slates are drawn in proportion to the index.</summary>
    public const string Sampled = "ucb (sampled, as in the original)";

    public static string[] Names { get; } =
    [
        "random", "greedy", "epsilon-greedy", "softmax", "exp3", "ucb", "ucb-tuned", "ucb-v", "moss", "kl-ucb", "bayes-ucb", "thompson", "gaussian-thompson",
    ];

    /// <summary>Those that reckon with change.</summary>
    public static string[] Forgetful { get; } =
    [
        "exp3s", "discounted-ucb", "sliding-window-ucb", "change-detection-ucb", "discounted-thompson", "sliding-window-thompson", "kalman-thompson",
    ];

    /// <summary>All of the first task in an environment, the original's own among them.</summary>
    public static IEnumerable<QuestionRun> In(string environment) =>
        [.. QuestionRun.All(environment, Names), QuestionRun.Of(environment, "ucb", "selection=sampled;exploration=0.1", Sampled)];
}
