using System.Globalization;

namespace RecDeepRL.Experiments.Comparison;

/// <summary>What came of one environment, agent and seed. Scores are mean responses per user, or per session where there are sessions.</summary>
public sealed record ComparisonRow
{
    public required string Environment { get; init; }

    public required string Agent { get; init; }

    public required long Seed { get; init; }

    /// <summary>Final evaluation of all users in exploit mode, as drawn.</summary>
    public required double Final { get; init; }

    /// <summary>The same under the truth.</summary>
    public required double FinalExpected { get; init; }

    /// <summary>Mean over all slates shown while training, as drawn; with sessions too it is per slate.</summary>
    public required double TrainingMean { get; init; }

    /// <summary>Bounds at the final evaluation, under the truth.</summary>
    public required double Random { get; init; }

    public required double BestFixed { get; init; }

    public required double Oracle { get; init; }

    /// <summary>Time spent in recommending, simulating and learning.</summary>
    public required double Seconds { get; init; }

    /// <summary>Final evaluation in explore mode, as drawn: what the agent would have earned had it gone on exploring.</summary>
    public required double FinalExplore { get; init; }

    /// <summary>Mean expected responses of the slates shown while training.</summary>
    public required double TrainingExpected { get; init; }

    /// <summary>What the best slates of each round alone would have had from the same users.</summary>
    public required double TrainingOracle { get; init; }

    /// <summary>With sessions, what the best slates of each round alone earn; none without.</summary>
    public double? Myopic { get; init; }

    /// <summary>Mean rounds of a session in the final evaluation; 1 without sessions.</summary>
    public double Rounds { get; init; } = 1;

    public required int SlateSize { get; init; }

    public required long Iterations { get; init; }

    public required string Source { get; init; }

    public required string Device { get; init; }

    /// <summary>Options of the agent that are not as by default, as <c>key=value</c> separated by semicolons.</summary>
    public string AgentOptions { get; init; } = "";

    /// <summary>Options of the environment that are not as by default.</summary>
    public string EnvironmentOptions { get; init; } = "";

    /// <summary>The header of results.csv.</summary>
    public static string Header =>
        "environment,agent,seed,final,final_expected,training_mean,random,best_fixed,oracle,seconds,final_explore,precision,training_expected,training_oracle,slate_size,iterations,source,device,myopic,rounds,agent_options,environment_options";

    /// <summary>One line of results.csv.</summary>
    public string ToCsv() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment},{Agent},{Seed},{Final:R},{FinalExpected:R},{TrainingMean:R},{Random:R},{BestFixed:R},{Oracle:R},{Seconds:F3},{FinalExplore:R},{Final / (SlateSize * Rounds):R},{TrainingExpected:R},{TrainingOracle:R},{SlateSize},{Iterations},{Source},{Device},{Myopic:R},{Rounds:R},{Quote(AgentOptions)},{Quote(EnvironmentOptions)}");

    private static string Quote(string text) =>
        text.AsSpan().IndexOfAny(",\"\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
