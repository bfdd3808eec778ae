using System.Globalization;
using System.Text.RegularExpressions;
using RecDeepRL.Data.Datasets.Reading;

namespace RecDeepRL.Data.Datasets.Features;

/// <summary>What MovieLens knows about movies: <c>title</c> as the source has it, <c>year</c>, and a column <c>genre:NAME</c> for each genre.</summary>
internal sealed partial class MovieFeatures
{
    private readonly FeatureTableBuilder _table;
    private readonly TextFeature _title;
    private readonly QuantityFeature _year;
    private readonly TagsFeature _genres;

    public MovieFeatures(string path, params string[] genres)
    {
        _table = new FeatureTableBuilder(DatasetFolder.ItemKey, path);
        _title = _table.Add(new TextFeature("title"));
        _year = _table.Add(new QuantityFeature("year"));
        _genres = _table.Add(new TagsFeature("genre", genres));
    }

    public FeatureTableBuilder Table => _table;

    /// <param name="released">A year to take where the title names none.</param>
    public void Add(RowReader row, int keyColumn, long key, string title, int? released, IEnumerable<string> genres, BadRows bad)
    {
        if (!_table.TryBegin(row, keyColumn, key, bad))
            return;
        _title.Add(title);
        if ((YearOf(title) ?? released) is { } year)
            _year.Add(year);
        else
            _year.AddUnknown();
        _genres.Add(genres);
    }

    /// <summary>Genres joined by <c>|</c>; none where the source says so.</summary>
    public static IEnumerable<string> GenresOf(ReadOnlySpan<char> text) =>
        text.SequenceEqual("(no genres listed)") ? [] : text.ToString().Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct();

    /// <summary>The last year in parentheses, the first one of a span such as <c>(1975–1979)</c>.</summary>
    internal static int? YearOf(string title) =>
        Year().Match(title) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"\(([12][0-9]{3})(?:\s?[-–—]\s?(?:[12][0-9]{3})?)?\)", RegexOptions.RightToLeft)]
    private static partial Regex Year();
}
