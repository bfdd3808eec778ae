using System.Globalization;

namespace RecDeepRL.Experiments.Questions;

/// <summary>What came of a question.</summary>
public sealed record Answer
{
    /// <summary>Sentences of one paragraph, each made from the numbers.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>The numbers behind the findings and pictures.</summary>
    public required AnswerTable Table { get; init; }

    /// <summary>At least one; the first is the picture of the answer.</summary>
    public required IReadOnlyList<AnswerPicture> Pictures { get; init; }

    public string Paragraph => string.Join(' ', Findings);
}

/// <summary>The numbers of an answer.</summary>
/// <param name="Columns">Names, in snake case.</param>
/// <param name="Rows">Texts, numbers or none, one for each column.</param>
public sealed record AnswerTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows)
{
    /// <summary>A row for each candidate: its measures, means over seeds with half the width of their 95 % intervals. Empty where a measure is not known.</summary>
    public static AnswerTable Of(Evidence evidence, params IReadOnlyList<Measure> measures)
    {
        var figures = measures.Select(measure => evidence.Of(measure).ToDictionary(figure => (figure.Label, figure.Setting))).ToList();
        return new AnswerTable(
            ["agent", "setting", "seeds", .. measures.SelectMany(measure => new[] { measure.Column, measure.Column + "_half_width" })],
            [.. evidence.Runs.GroupBy(run => run.Run).Select(group => (IReadOnlyList<object?>)
            [
                group.Key.Label, group.Key.Setting, group.Count(),
                .. figures.SelectMany(known => known.TryGetValue((group.Key.Label, group.Key.Setting), out var figure)
                    ? new object?[] { figure.Interval.Mean, figure.Interval.HalfWidth } : [null, null]),
            ])]);
    }

    /// <summary>As CSV with quotes where they are needed; empty for none and for what is no number.</summary>
    public string ToCsv() => string.Concat(Rows.Prepend([.. Columns]).Select(row => string.Join(',', row.Select(Text)) + "\n"));

    private static string Text(object? value) => value switch
    {
        null or double.NaN => "",
        double number => Math.Round(number, 6).ToString(CultureInfo.InvariantCulture),
        string text => text.AsSpan().IndexOfAny(",\"\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new InvalidOperationException($"A table has no values of type {value.GetType()}."),
    };
}
