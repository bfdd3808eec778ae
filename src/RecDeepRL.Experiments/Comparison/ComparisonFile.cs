using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using RecDeepRL.Core;

namespace RecDeepRL.Experiments.Comparison;

/// <summary>Reads the results.csv that comparisons write.</summary>
public static class ComparisonFile
{
    /// <summary>What such a file is called in the folder of a comparison.</summary>
    public const string Name = "results.csv";

    /// <returns>The rows in the order of the file. Columns that an older version did not write are at their defaults.</returns>
    /// <exception cref="UserMistakeException">No such file, or one that does not hold a comparison.</exception>
    public static IReadOnlyList<ComparisonRow> Read(string path)
    {
        try
        {
            using var text = new StreamReader(path);
            using var reader = new CsvReader(text, new CsvConfiguration(CultureInfo.InvariantCulture));
            if (!reader.Read() || !reader.ReadHeader())
                throw new UserMistakeException($"'{path}' is empty, expected is the {Name} of a comparison.");
            var missing = ComparisonRow.Header.Split(',').Except(["myopic", "rounds", "agent_options", "environment_options"]).Except(reader.HeaderRecord!).ToList();
            if (missing.Count > 0)
                throw new UserMistakeException($"'{path}' has no column {string.Join(", ", missing.Select(name => $"'{name}'"))}, expected is the {Name} of a comparison.");
            var rows = new List<ComparisonRow>();
            while (reader.Read())
                rows.Add(Row(reader));
            return rows;
        }
        catch (CsvHelperException fault)
        {
            throw new UserMistakeException($"'{path}' cannot be read as the {Name} of a comparison: line {fault.Context?.Parser?.RawRow} is malformed. Run the comparison again.", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException($"'{path}' cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>Not a number where the field is empty.</summary>
    private static double Number(CsvReader reader, string name) => reader.GetField(name)!.Length == 0 ? double.NaN : reader.GetField<double>(name);

    private static ComparisonRow Row(CsvReader reader) => new()
    {
        Environment = reader.GetField("environment")!,
        Agent = reader.GetField("agent")!,
        Seed = reader.GetField<long>("seed"),
        Final = Number(reader, "final"),
        FinalExpected = Number(reader, "final_expected"),
        TrainingMean = Number(reader, "training_mean"),
        Random = Number(reader, "random"),
        BestFixed = Number(reader, "best_fixed"),
        Oracle = Number(reader, "oracle"),
        Seconds = Number(reader, "seconds"),
        FinalExplore = Number(reader, "final_explore"),
        TrainingExpected = Number(reader, "training_expected"),
        TrainingOracle = Number(reader, "training_oracle"),
        SlateSize = reader.GetField<int>("slate_size"),
        Iterations = reader.GetField<long>("iterations"),
        Source = reader.GetField("source")!,
        Device = reader.GetField("device")!,
        Myopic = reader.TryGetField<double?>("myopic", out var myopic) ? myopic : null,
        Rounds = reader.TryGetField<double>("rounds", out var rounds) ? rounds : 1,
        AgentOptions = reader.TryGetField<string>("agent_options", out var agent) ? agent! : "",
        EnvironmentOptions = reader.TryGetField<string>("environment_options", out var environment) ? environment! : "",
    };
}
