using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace RecDeepRL.Reporting.Dashboard;

/// <summary>How a table holds its figures.</summary>
internal enum TableForm
{
    /// <summary>A column for each, as metrics.csv and evaluations.csv.</summary>
    Wide,

    /// <summary>A row for each: iteration, name, value, as diagnostics.csv.</summary>
    Long,

    /// <summary>A row for each of several parts, told apart by the second column, as shards.csv. Figures are called by that and by their column: <c>0 users</c>.</summary>
    Parts,
}

/// <summary>A CSV file of numbers that grows, by figure.</summary>
/// <param name="path">Of the file.</param>
internal sealed class FigureTable(string path, TableForm form)
{
    /// <summary>Figures that are told apart by rows; more would be no figures but a mistake.</summary>
    private const int MostNames = 300;

    private readonly AppendedLines _lines = new(path);
    private readonly List<Column> _columns = [];
    private readonly Dictionary<string, Column[]> _parts = [];
    private string[] _header = [];
    private bool _headerRead;

    /// <summary>Differs whenever the file was replaced by another.</summary>
    public string Generation { get; private set; } = "";

    /// <summary>Those that have ever been numbers.</summary>
    public IEnumerable<string> Names => _columns.Where(column => column.HasNumbers).Select(column => column.Name);

    /// <summary>Reads what was added to the file.</summary>
    public void Refresh() => _lines.Read(
        () =>
        {
            Generation = Guid.NewGuid().ToString("N")[..12];
            _columns.Clear();
            _parts.Clear();
            _headerRead = false;
        },
        line =>
        {
            if (!_headerRead)
                ReadHeader(line);
            else if (form == TableForm.Long)
                ReadNamed(line);
            else if (form == TableForm.Parts)
                ReadPart(line);
            else
                ReadRow(line);
        });

    /// <summary>Iterations and values of a figure so far; both empty where there is none of the name.</summary>
    public (double[] Iterations, double[] Values) Of(string name) =>
        _columns.Find(column => column.Name == name) is { } column ? ([.. column.Iterations], [.. column.Values]) : ([], []);

    private void ReadHeader(ReadOnlySpan<byte> line)
    {
        _headerRead = true;
        _header = Encoding.UTF8.GetString(line).Split(',');
        if (form == TableForm.Wide)
            _columns.AddRange(_header.Skip(1).Select(name => new Column(name)));
    }

    private void ReadRow(ReadOnlySpan<byte> line)
    {
        var iteration = Number(Next(ref line));
        foreach (var column in _columns)
            column.Add(iteration, Number(Next(ref line)));
    }

    private void ReadPart(ReadOnlySpan<byte> line)
    {
        var iteration = Number(Next(ref line));
        var part = Encoding.UTF8.GetString(Next(ref line));
        if (!_parts.TryGetValue(part, out var columns))
        {
            if (_columns.Count + _header.Length > MostNames)
                return;
            columns = [.. _header.Skip(2).Select(name => new Column($"{part} {name}"))];
            _parts.Add(part, columns);
            _columns.AddRange(columns);
        }
        foreach (var column in columns)
            column.Add(iteration, Number(Next(ref line)));
    }

    private void ReadNamed(ReadOnlySpan<byte> line)
    {
        var iteration = Number(Next(ref line));
        var name = Next(ref line);
        foreach (var column in CollectionsMarshal.AsSpan(_columns))
        {
            if (!name.SequenceEqual(column.Key))
                continue;
            column.Add(iteration, Number(line));
            return;
        }
        if (_columns.Count == MostNames)
            return;
        var added = new Column(Encoding.UTF8.GetString(name));
        added.Add(iteration, Number(line));
        _columns.Add(added);
    }

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> line)
    {
        var length = line.IndexOf((byte)',');
        var field = length < 0 ? line : line[..length];
        line = length < 0 ? [] : line[(length + 1)..];
        return field;
    }

    private static double Number(ReadOnlySpan<byte> text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;

    private sealed class Column(string name)
    {
        public string Name => name;

        public byte[] Key { get; } = Encoding.UTF8.GetBytes(name);

        public bool HasNumbers { get; private set; }

        public List<double> Iterations { get; } = [];

        public List<double> Values { get; } = [];

        public void Add(double iteration, double value)
        {
            // A row without an iteration has no place on a curve.
            if (!double.IsFinite(iteration))
                return;
            Iterations.Add(iteration);
            Values.Add(value);
            HasNumbers |= double.IsFinite(value);
        }
    }
}
