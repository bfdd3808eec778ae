using RecDeepRL.Core.Options;

namespace RecDeepRL.Experiments.Comparison;

/// <summary>iterations.csv and iterations.parquet: a row for each cell and training round, with every option of agent and environment, defaults included,
/// and what the agents said of themselves.</summary>
internal static class IterationTable
{
    public const string Name = "iterations";

    /// <summary>A round of a cell.</summary>
    public readonly record struct Row(ComparisonCell Cell, int Index)
    {
        public ComparisonRound Round => Cell.Rounds[Index];
    }

    public static IReadOnlyList<Row> Rows(IEnumerable<ComparisonCell> cells) => [.. cells.SelectMany(cell => Enumerable.Range(0, cell.Rounds.Count).Select(index => new Row(cell, index)))];

    /// <param name="catalog">Knows the types of the options.</param>
    public static IReadOnlyList<ResultColumn<Row>> Columns(IReadOnlyList<ComparisonCell> cells, Catalog catalog) =>
    [
        Text("environment", row => row.Cell.Row.Environment),
        Text("agent", row => row.Cell.Row.Agent),
        Whole("seed", row => row.Cell.Row.Seed),
        Whole("iteration", row => row.Round.Iteration),
        Whole("users", row => row.Round.Users),
        Number("mean_responses", row => row.Round.MeanResponses),
        Number("mean_expected", row => row.Round.MeanExpected),
        Number("mean_oracle", row => row.Round.MeanOracle),
        Number("seconds", row => row.Round.Seconds),
        Whole("slate_size", row => row.Cell.Row.SlateSize),
        Text("source", row => row.Cell.Row.Source),
        Text("device", row => row.Cell.Row.Device),
        .. OptionColumns("environment.", cells, cell => cell.EnvironmentOptions, cells.Select(cell => catalog.Environments.Find("environment", cell.Row.Environment).OptionsType)),
        .. OptionColumns("agent.", cells, cell => cell.AgentOptions, cells.Select(cell => catalog.Agents.Find("agent", cell.Row.Agent).OptionsType)),
        .. cells.SelectMany(cell => cell.Diagnostics.Keys).Distinct().Order(StringComparer.Ordinal)
            .Select(name => Number("diagnostic." + name, row => row.Cell.Diagnostics.TryGetValue(name, out var values) ? values[row.Index] : null)),
    ];

    /// <summary>A column for each option that any cell has: of the options' common type, or text where they have none.</summary>
    private static IEnumerable<ResultColumn<Row>> OptionColumns(
        string prefix, IReadOnlyList<ComparisonCell> cells, Func<ComparisonCell, IReadOnlyDictionary<string, string>> optionsOf, IEnumerable<Type> optionsTypes)
    {
        foreach (var option in optionsTypes.Distinct().SelectMany(OptionDescription.Of).GroupBy(option => option.Name))
        {
            var type = option.Select(ColumnType).Distinct().Aggregate(Common);
            // Each cell's value is read once, however many rounds it has.
            var values = cells.Distinct<ComparisonCell>(ReferenceEqualityComparer.Instance).ToDictionary<ComparisonCell, ComparisonCell, object?>(
                cell => cell, cell => optionsOf(cell).TryGetValue(option.Key, out var text) ? Value(text, type, option) : null, ReferenceEqualityComparer.Instance);
            yield return new ResultColumn<Row>(prefix + option.Key, type, row => values[row.Cell]);
        }
    }

    private static Type ColumnType(OptionDescription option) => option.ValueType == typeof(int) ? typeof(long)
        : option.ValueType == typeof(long) || option.ValueType == typeof(double) || option.ValueType == typeof(bool) ? option.ValueType
        : typeof(string);

    private static Type Common(Type one, Type other) => one == other ? one
        : one is { IsPrimitive: true } && other is { IsPrimitive: true } && one != typeof(bool) && other != typeof(bool) ? typeof(double)
        : typeof(string);

    /// <returns>None where the option is absent or said to be <c>none</c>.</returns>
    private static object? Value(string text, Type type, IEnumerable<OptionDescription> options)
    {
        if (text == "none" && options.Any(option => option.IsOptional))
            return null;
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        return type == typeof(string) ? text
            : type == typeof(bool) ? bool.Parse(text)
            : type == typeof(long) ? long.Parse(text, culture)
            : double.Parse(text, culture);
    }

    private static ResultColumn<Row> Text(string name, Func<Row, string> value) => new(name, typeof(string), row => value(row));

    private static ResultColumn<Row> Whole(string name, Func<Row, long> value) => new(name, typeof(long), row => value(row));

    private static ResultColumn<Row> Number(string name, Func<Row, double?> value) => new(name, typeof(double), row => value(row));
}
