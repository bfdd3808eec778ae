using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using RecDeepRL.Core;

namespace RecDeepRL.Data.Datasets.Reading;

/// <summary>A CSV file with a header line; fields may be quoted, also over several lines. Empty lines are passed over.</summary>
internal sealed class CsvRowReader : RowReader
{
    private const int LongestField = 1 << 20;

    private readonly StreamReader _text;
    private readonly CsvParser _parser;
    private readonly string[] _columns;
    private bool _unclosed;

    public CsvRowReader(string path, string delimiter, Encoding encoding)
        : base(path)
    {
        _text = OpenText(encoding);
        _parser = new CsvParser(_text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter,
            BufferSize = 1 << 16,
            MaxFieldSize = LongestField,
            BadDataFound = null, // A stray quotation mark is kept as text; in a number it is reported as such.
        });
        try
        {
            _columns = MoveNext() ? _parser.Record! : throw new UserMistakeException($"{path} holds nothing but empty lines. Copy it again.");
            if (_columns.Distinct().Count() != _columns.Length)
                throw new UserMistakeException($"{path} names a column twice: {string.Join(", ", _columns)}. Column names must differ.");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override IReadOnlyList<string> Columns => _columns;

    public override long Line => _parser.RawRow;

    protected override int FieldCount => _parser.Count;

    protected override string? Fault => _unclosed ? "a quotation mark is not closed" : null;

    /// <summary>The position of a column.</summary>
    /// <exception cref="UserMistakeException">There is none of this name.</exception>
    public int Find(string column)
    {
        var index = Array.IndexOf(_columns, column);
        return index >= 0 ? index : throw new UserMistakeException($"{Path} has no column '{column}', only {string.Join(", ", _columns.Select(name => $"'{name}'"))}. Name one of these, or check that it is the right file.");
    }

    public override ReadOnlySpan<char> Field(int column) => _parser[column];

    public override void Dispose()
    {
        _parser?.Dispose();
        _text.Dispose();
    }

    protected override bool ReadRow()
    {
        var before = _parser.RawRow;
        if (!_parser.Read())
            return false;
        // A mark that is never closed swallows the lines after it; the whole record is looked at only where it spans several.
        _unclosed = _parser.RawRow > before + 1 && int.IsOddInteger(_parser.RawRecord.AsSpan().Count('"'));
        return true;
    }
}
