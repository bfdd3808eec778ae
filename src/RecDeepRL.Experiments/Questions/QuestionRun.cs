namespace RecDeepRL.Experiments.Questions;

/// <summary>One thing that a question runs: an agent in an environment, each with the options that it is about.</summary>
/// <param name="Label">What to call the agent.</param>
public sealed record QuestionRun(string Label)
{
    public required string Environment { get; init; }

    public required string Agent { get; init; }

    public IReadOnlyDictionary<string, string> AgentOptions { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> EnvironmentOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>Under which of the question's settings it stands, in words; empty where there is one only.</summary>
    public string Setting { get; init; } = "";

    /// <summary>The setting as a number, where it is one.</summary>
    public double? Value { get; init; }

    /// <summary>Rounds; none for the environment's own.</summary>
    public int? Iterations { get; init; }

    /// <summary>Label and setting.</summary>
    public string Name => Setting.Length == 0 ? Label : $"{Label}, {Setting}";

    /// <param name="options">Of the agent, as <c>key=value</c> separated by semicolons.</param>
    internal static QuestionRun Of(string environment, string agent, string options = "", string? label = null) =>
        new(label ?? agent) { Environment = environment, Agent = agent, AgentOptions = Parse(options) };

    /// <summary>Agents by name, with their default options.</summary>
    internal static IEnumerable<QuestionRun> All(string environment, params IEnumerable<string> agents) => agents.Select(agent => Of(environment, agent));

    /// <summary>The same run under a setting.</summary>
    /// <param name="environmentOptions">As <c>key=value</c> separated by semicolons.</param>
    internal QuestionRun Under(string setting, string environmentOptions, double? value = null, int? iterations = null) =>
        this with { Setting = setting, EnvironmentOptions = Parse(environmentOptions), Value = value, Iterations = iterations ?? Iterations };

    /// <summary>The same run with one value of an option of the agent.</summary>
    internal QuestionRun With(string option, double value)
    {
        var text = value.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return this with { Setting = $"{option}={text}", Value = value, AgentOptions = new Dictionary<string, string>(AgentOptions) { [option] = text } };
    }

    internal RunPlan Plan(QuestionSettings settings) => new()
    {
        Agent = Agent,
        AgentOptions = AgentOptions,
        Environment = Environment,
        EnvironmentOptions = new Dictionary<string, string>([.. EnvironmentOptions.Where(one => !settings.EnvironmentOptions.ContainsKey(one.Key)), .. settings.EnvironmentOptions]),
        DataFolder = settings.DataFolder,
        Iterations = settings.Iterations ?? Iterations,
    };

    private static Dictionary<string, string> Parse(string options) => options.Split(';', StringSplitOptions.RemoveEmptyEntries)
        .Select(option => option.Split('=', 2)).ToDictionary(parts => parts[0], parts => parts[1]);
}
