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

    /// <summary>The columns of results.csv and results.parquet.</summary>
    internal static IReadOnlyList<ResultColumn<ComparisonRow>> Columns { get; } =
    [
        new("environment", typeof(string), row => row.Environment),
        new("agent", typeof(string), row => row.Agent),
        new("seed", typeof(long), row => row.Seed),
        new("final", typeof(double), row => row.Final),
        new("final_expected", typeof(double), row => row.FinalExpected),
        new("training_mean", typeof(double), row => row.TrainingMean),
        new("random", typeof(double), row => row.Random),
        new("best_fixed", typeof(double), row => row.BestFixed),
        new("oracle", typeof(double), row => row.Oracle),
        new("seconds", typeof(double), row => Math.Round(row.Seconds, 3)),
        new("final_explore", typeof(double), row => row.FinalExplore),
        new("precision", typeof(double), row => row.Final / (row.SlateSize * row.Rounds)),
        new("training_expected", typeof(double), row => row.TrainingExpected),
        new("training_oracle", typeof(double), row => row.TrainingOracle),
        new("slate_size", typeof(long), row => (long)row.SlateSize),
        new("iterations", typeof(long), row => row.Iterations),
        new("source", typeof(string), row => row.Source),
        new("device", typeof(string), row => row.Device),
        new("myopic", typeof(double), row => row.Myopic),
        new("rounds", typeof(double), row => row.Rounds),
        new("agent_options", typeof(string), row => row.AgentOptions),
        new("environment_options", typeof(string), row => row.EnvironmentOptions),
    ];

    /// <summary>The header of results.csv.</summary>
    public static string Header => string.Join(',', Columns.Select(column => column.Name));

    /// <summary>One line of results.csv.</summary>
    public string ToCsv() => string.Join(',', Columns.Select(column => column.ToCsv(this)));
}
