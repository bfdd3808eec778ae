namespace RecDeepRL.Data.Files;

/// <summary>A column of a table, by row.</summary>
public abstract record DataColumn(string Name)
{
    public abstract int RowCount { get; }

    /// <summary>The chosen rows, in the order given; a row may be chosen more than once.</summary>
    public abstract DataColumn Take(IReadOnlyList<int> rows);
}

/// <summary>Whole numbers: ids, counts, years, flags, categories that are numbered.</summary>
public sealed record IntegerColumn(string Name, long[] Values) : DataColumn(Name)
{
    public override int RowCount => Values.Length;

    public override DataColumn Take(IReadOnlyList<int> rows) => new IntegerColumn(Name, [.. rows.Select(row => Values[row])]);
}

/// <summary>Numbers on a scale; finite.</summary>
public sealed record NumberColumn(string Name, double[] Values) : DataColumn(Name)
{
    public override int RowCount => Values.Length;

    public override DataColumn Take(IReadOnlyList<int> rows) => new NumberColumn(Name, [.. rows.Select(row => Values[row])]);
}

/// <summary>Texts: names, and categories that have names.</summary>
public sealed record TextColumn(string Name, string[] Values) : DataColumn(Name)
{
    public override int RowCount => Values.Length;

    public override DataColumn Take(IReadOnlyList<int> rows) => new TextColumn(Name, [.. rows.Select(row => Values[row])]);
}

/// <summary>Named columns of equal length in memory.</summary>
public sealed class DataTable
{
    /// <param name="columns">At least one; names are distinct, lengths equal.</param>
    /// <param name="source">Where the table came from, for messages.</param>
    public DataTable(IReadOnlyList<DataColumn> columns, string source = "table")
    {
        ArgumentOutOfRangeException.ThrowIfZero(columns.Count);
        if (columns.Select(column => column.Name).Distinct().Count() != columns.Count)
            throw new ArgumentException($"{source} has two columns of the same name: {string.Join(", ", columns.Select(column => column.Name))}.");
        if (columns.FirstOrDefault(column => column.RowCount != columns[0].RowCount) is { } odd)
            throw new ArgumentException($"{source} has {odd.RowCount} rows in column '{odd.Name}' and {columns[0].RowCount} in '{columns[0].Name}'.");
        Columns = columns;
        Source = source;
    }

    public IReadOnlyList<DataColumn> Columns { get; }

    public string Source { get; }

    public int RowCount => Columns[0].RowCount;

    /// <summary>The column of a name, or none.</summary>
    public DataColumn? Find(string name) => Columns.FirstOrDefault(column => column.Name == name);

    /// <summary>The chosen rows, in the order given; a row may be chosen more than once.</summary>
    public DataTable Take(IReadOnlyList<int> rows) => new([.. Columns.Select(column => column.Take(rows))], Source);
}
