namespace RecDeepRL.Data.Datasets;

/// <summary>How a public data set is read.</summary>
public sealed record ImportOptions
{
    /// <summary>Name of the format, one of <see cref="DatasetSource.Formats"/>; none to tell it from the names of the files. Default none.</summary>
    public string? Format { get; init; }

    /// <summary>Column that becomes <c>response</c>; none for the source's own, such as <c>rating</c>. Default none.</summary>
    public string? Response { get; init; }

    /// <summary>Where given, a finite number: responses of at least this become 1, all others 0. Default none.</summary>
    public double? Threshold { get; init; }

    /// <summary>Bad rows that are passed over and counted before the import is refused, at least 0. Default 0.</summary>
    public long SkipBad { get; init; }

    /// <summary>Whether a user may have several rows for one item. Refusing such a row takes about 14 bytes of memory for each row read.
    /// None for the source's own rule: MovieLens refuses them, logs of views keep them. Default none.</summary>
    public bool? KeepDuplicates { get; init; }

    /// <summary>Columns of a table of any layout; they belong to the format <c>log</c>. Default none.</summary>
    public LogColumns? Log { get; init; }
}

/// <summary>Which columns of a CSV or Parquet table say who did what when.</summary>
public sealed record LogColumns
{
    /// <summary>Column with the user's key. Default user_id.</summary>
    public string User { get; init; } = "user_id";

    /// <summary>Column with the item's key. Default item_id.</summary>
    public string Item { get; init; } = "item_id";

    /// <summary>Column with the time; none where the table has no times. Default none.</summary>
    public string? Time { get; init; }

    /// <summary>What the times are given in. Default Seconds.</summary>
    public TimeUnit TimeUnit { get; init; } = TimeUnit.Seconds;

    /// <summary>Keys are texts: users and items are numbered from 0 in the order in which they appear, and the texts are kept as the
    /// column <c>key</c> of the tables of users and items. Default false.</summary>
    public bool TextKeys { get; init; }

    /// <summary>What stands between the fields of a line of a CSV file. Default a comma.</summary>
    public string Delimiter { get; init; } = ",";

    /// <summary>Encoding of a CSV file, by a name such as <c>utf-8</c> or <c>latin1</c>. Default utf-8.</summary>
    public string Encoding { get; init; } = "utf-8";
}

/// <summary>What a column of times counts from 1970 on, or that it holds dates.</summary>
public enum TimeUnit
{
    Seconds,
    Milliseconds,
    Microseconds,

    /// <summary>Dates such as <c>2020-07-05 00:08:23.438</c>, in UTC where they name no zone.</summary>
    Date,
}

/// <summary>How far an import is.</summary>
/// <param name="Rows">Interactions taken so far.</param>
/// <param name="Share">Share of the files of interactions that is read, in [0, 1].</param>
public readonly record struct ImportProgress(long Rows, double Share);
