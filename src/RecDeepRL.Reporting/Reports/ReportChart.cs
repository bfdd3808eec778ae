namespace RecDeepRL.Reporting.Reports;

/// <summary>A picture and its data. The page draws it to be looked into, <see cref="ReportPlots"/> for paper.</summary>
internal abstract record ReportChart : ReportBlock
{
    /// <summary>Lower-case letters, digits and hyphens; unique in the report. Also the name of its files.</summary>
    public required string Id { get; init; }

    public required string Title { get; init; }

    /// <summary>What is seen and how it is to be read.</summary>
    public required string Description { get; init; }

    /// <summary>What lies along the horizontal axis, and its unit.</summary>
    public string XName { get; init; } = "";

    /// <summary>What lies along the vertical axis, and its unit.</summary>
    public string YName { get; init; } = "";
}

/// <summary>Curves, with intervals where they are known.</summary>
internal sealed record LineChart : ReportChart
{
    public required IReadOnlyList<ChartLine> Lines { get; init; }

    /// <summary>Heights to measure the curves by.</summary>
    public IReadOnlyList<ChartMark> Marks { get; init; } = [];

    /// <summary>Whether heights are shares, to be written as percentages.</summary>
    public bool IsShare { get; init; }
}

/// <param name="Slot">Place among the agents of the whole report, which gives the curve its colour; below 0 for a bound, drawn in grey.</param>
/// <param name="IsShown">Whether it is seen at first.</param>
/// <param name="X">Ascending.</param>
/// <param name="Y">Not a number where there is none.</param>
/// <param name="Low">Lower ends of the 95 % intervals; empty where there are none.</param>
/// <param name="High">Upper ends.</param>
internal sealed record ChartLine(
    string Name, int Slot, bool IsShown, IReadOnlyList<double> X, IReadOnlyList<double> Y, IReadOnlyList<double> Low, IReadOnlyList<double> High)
{
    /// <summary>Whether it is what another curve of its colour is held against.</summary>
    public bool IsReference { get; init; }
}

internal sealed record ChartMark(string Name, double Value);

/// <summary>Lying bars from 0, the first on top.</summary>
internal sealed record BarChart : ReportChart
{
    public required IReadOnlyList<ChartBar> Bars { get; init; }

    /// <summary>Lengths to measure the bars by.</summary>
    public IReadOnlyList<ChartMark> Marks { get; init; } = [];

    public bool IsShare { get; init; }
}

/// <param name="Low">Lower end of the 95 % interval; not a number where it is not known.</param>
/// <param name="High">Upper end.</param>
/// <param name="IsBound">Whether it is a line to measure by and out of the competition.</param>
internal sealed record ChartBar(string Name, double Value, double Low, double High, bool IsBound = false);

/// <summary>A field of colours by row and column.</summary>
internal sealed record HeatChart : ReportChart
{
    public required IReadOnlyList<string> Rows { get; init; }

    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>By row, then column; not a number where there is none.</summary>
    public required IReadOnlyList<IReadOnlyList<double>> Values { get; init; }

    public required double Minimum { get; init; }

    public required double Maximum { get; init; }

    /// <summary>Whether the middle of the range means 'neither', and the colours part from there.</summary>
    public bool IsDiverging { get; init; }

    public bool IsShare { get; init; }
}

/// <summary>Points in the plane, by group.</summary>
internal sealed record PointChart : ReportChart
{
    public required IReadOnlyList<PointGroup> Groups { get; init; }
}

/// <param name="Names">One for each point.</param>
internal sealed record PointGroup(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y, IReadOnlyList<string> Names);
