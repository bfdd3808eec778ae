namespace RecDeepRL.Experiments.Questions;

/// <summary>A picture as data: what is drawn, and nothing of how.</summary>
/// <param name="Name">Part of the file's name; empty for the picture of the answer.</param>
/// <param name="Title">Above it.</param>
public abstract record AnswerPicture(string Name, string Title);

/// <summary>Curves.</summary>
/// <param name="X">What goes to the right.</param>
/// <param name="Y">What goes up.</param>
public sealed record LinePicture(string Name, string Title, string X, string Y, IReadOnlyList<PictureLine> Lines) : AnswerPicture(Name, Title)
{
    /// <summary>Whether equal ratios to the right are equally far apart; every x is above 0 then.</summary>
    public bool LogX { get; init; }

    /// <summary>The same upwards.</summary>
    public bool LogY { get; init; }
}

/// <summary>One curve.</summary>
/// <param name="Label">For the legend.</param>
/// <param name="IsReference">A dashed line that others are held against; one of a label with a curve has that curve's colour.</param>
public sealed record PictureLine(string Label, IReadOnlyList<PicturePoint> Points, bool IsReference = false);

/// <param name="HalfWidth">Half of an interval's width; not a number for none.</param>
public sealed record PicturePoint(double X, double Y, double HalfWidth = double.NaN);

/// <summary>Bars from top to bottom.</summary>
/// <param name="X">What their length is.</param>
public sealed record BarPicture(string Name, string Title, string X, IReadOnlyList<PictureBar> Bars) : AnswerPicture(Name, Title)
{
    /// <summary>Lines across, such as bounds.</summary>
    public IReadOnlyList<(string Label, double Value)> Marks { get; init; } = [];
}

/// <param name="Group">Bars of a group stand together in one colour; empty for one group.</param>
/// <param name="HalfWidth">Half of an interval's width; not a number for none.</param>
public sealed record PictureBar(string Label, string Group, double Value, double HalfWidth = double.NaN);

/// <summary>Numbers by row and column as colours, 0 in the middle.</summary>
/// <param name="Values">By row, then by column; not a number for none.</param>
public sealed record MapPicture(string Name, string Title, IReadOnlyList<string> Rows, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<double>> Values) : AnswerPicture(Name, Title);

/// <summary>Points in groups.</summary>
public sealed record PlanePicture(string Name, string Title, IReadOnlyList<PlanePoint> Points) : AnswerPicture(Name, Title);

/// <param name="Group">Its colour; the legend names it.</param>
public sealed record PlanePoint(double X, double Y, string Group);
