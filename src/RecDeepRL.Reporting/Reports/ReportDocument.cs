using System.Text.Json.Serialization;

namespace RecDeepRL.Reporting.Reports;

/// <summary>A report before it is a page, a Markdown text or a set of pictures: the answer, then what it rests on. All texts are plain, whatever they hold.</summary>
internal sealed record ReportDocument
{
    /// <summary>What was compared or trained.</summary>
    public required string Title { get; init; }

    /// <summary>The answer in one sentence.</summary>
    public required string Headline { get; init; }

    /// <summary>What else belongs to the answer, a sentence or two each.</summary>
    public IReadOnlyList<string> Answer { get; init; } = [];

    /// <summary>What the reader has to know before believing it: runs that are missing, parts that cannot be told.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    public required IReadOnlyList<ReportSection> Sections { get; init; }

    /// <summary>Every chart in order, those in folded parts included.</summary>
    [JsonIgnore]
    public IEnumerable<ReportChart> Charts => Sections.SelectMany(section => ChartsOf(section.Blocks));

    private static IEnumerable<ReportChart> ChartsOf(IEnumerable<ReportBlock> blocks) => blocks.SelectMany(block => block switch
    {
        ReportChart chart => [chart],
        ReportFold fold => ChartsOf(fold.Blocks),
        _ => Enumerable.Empty<ReportChart>(),
    });
}

/// <summary>A part of a report that the table of contents leads to.</summary>
/// <param name="Id">Lower-case letters, digits and hyphens; unique in the report.</param>
internal sealed record ReportSection(string Id, string Title, IReadOnlyList<ReportBlock> Blocks);

/// <summary>What a section is made of.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(ReportText), "text")]
[JsonDerivedType(typeof(ReportCode), "code")]
[JsonDerivedType(typeof(ReportTable), "table")]
[JsonDerivedType(typeof(ReportFold), "fold")]
[JsonDerivedType(typeof(LineChart), "lines")]
[JsonDerivedType(typeof(BarChart), "bars")]
[JsonDerivedType(typeof(HeatChart), "heat")]
[JsonDerivedType(typeof(PointChart), "points")]
internal abstract record ReportBlock;

/// <summary>A paragraph.</summary>
internal sealed record ReportText(string Text) : ReportBlock;

/// <summary>Something to be copied: a command, a configuration.</summary>
internal sealed record ReportCode(string Title, string Text) : ReportBlock;

/// <summary>Blocks that are shown when asked for.</summary>
internal sealed record ReportFold(string Title, IReadOnlyList<ReportBlock> Blocks) : ReportBlock;

/// <summary>A table; the first cell of each row names it.</summary>
/// <param name="Caption">What it shows and how it is to be read.</param>
/// <param name="Rows">Each with a cell for each column.</param>
internal sealed record ReportTable(string Caption, IReadOnlyList<ReportColumn> Columns, IReadOnlyList<ReportRow> Rows) : ReportBlock;

/// <param name="IsNumber">Whether the cells are read from right to left.</param>
internal sealed record ReportColumn(string Name, bool IsNumber = true);

/// <param name="Tone">What distinguishes the row: <c>best</c>, <c>tied</c>, <c>bound</c>, or nothing.</param>
internal sealed record ReportRow(IReadOnlyList<ReportCell> Cells, string Tone = "");

/// <param name="Text">As it is shown.</param>
/// <param name="Order">By which the row is sorted; none for its text, not a number for the end.</param>
internal sealed record ReportCell(string Text, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Order = null)
{
    public static implicit operator ReportCell(string text) => new(text);
}
