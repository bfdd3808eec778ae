using System.Text;
using RecDeepRL.Core;

namespace RecDeepRL.Data.Datasets.Reading;

/// <summary>Lines whose fields stand between delimiters of one or more characters, without quotation marks and without a header, such as the
/// <c>::</c> of MovieLens. Lines may end with LF or CRLF; empty lines are passed over.</summary>
internal sealed class DelimitedRowReader : RowReader
{
    private const int LongestLine = 1 << 20;

    private readonly StreamReader _text;
    private readonly string _delimiter;
    private readonly string[] _columns;
    private readonly (int Start, int Length)[] _fields;
    private int _fieldCount;
    private char[] _buffer = new char[1 << 16];
    private int _start; // of what is not yet parsed
    private int _end;
    private bool _ended;
    private long _line;

    public DelimitedRowReader(string path, string delimiter, Encoding encoding, params string[] columns)
        : base(path)
    {
        _text = OpenText(encoding);
        _delimiter = delimiter;
        _columns = columns;
        _fields = new (int, int)[columns.Length];
    }

    public override IReadOnlyList<string> Columns => _columns;

    public override long Line => _line;

    protected override int FieldCount => _fieldCount;

    public override ReadOnlySpan<char> Field(int column) => _buffer.AsSpan(_fields[column].Start, _fields[column].Length);

    public override void Dispose() => _text.Dispose();

    protected override bool ReadRow()
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf('\n');
            if (length < 0 && !_ended)
            {
                Refill();
                continue;
            }
            if (length < 0 && _start == _end)
                return false;
            var line = (Start: _start, Length: length < 0 ? _end - _start : length);
            _start = length < 0 ? _end : _start + length + 1;
            _line++;
            if (line.Length > 0 && _buffer[line.Start + line.Length - 1] == '\r')
                line.Length--;
            if (line.Length == 0)
                continue;
            Split(line.Start, line.Length);
            return true;
        }
    }

    private void Split(int start, int length)
    {
        _fieldCount = 0;
        while (_buffer.AsSpan(start, length).IndexOf(_delimiter) is >= 0 and var width)
        {
            Add(start, width);
            start += width + _delimiter.Length;
            length -= width + _delimiter.Length;
        }
        Add(start, length);
    }

    /// <summary>Fields beyond the last column are counted, for the message, but not kept.</summary>
    private void Add(int start, int length)
    {
        if (_fieldCount < _fields.Length)
            _fields[_fieldCount] = (start, length);
        _fieldCount++;
    }

    private void Refill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= LongestLine)
                throw new UserMistakeException($"{Path}, line {_line + 1} is longer than {LongestLine} characters. Check that it is the right file.");
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
        var read = _text.Read(_buffer, _end, _buffer.Length - _end);
        _ended = read == 0;
        _end += read;
    }
}
