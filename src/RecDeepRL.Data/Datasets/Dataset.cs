using RecDeepRL.Data.Files;

namespace RecDeepRL.Data.Datasets;

/// <summary>What users of a real service did with its items, and what is known about both. Keys are those of the source; they may have gaps.</summary>
/// <remarks>As a folder: <c>interactions.parquet</c>, <c>users.parquet</c> and <c>items.parquet</c> (the latter two where the source knows
/// anything about them), and <c>dataset.json</c> with name, source and counts, which is written last. Nothing is empty: an unknown text
/// is "", an unknown category -1, and an unknown number on a scale the median of those known, with 1 in a column <c>NAME:missing</c>.</remarks>
public sealed record Dataset
{
    /// <summary>Where it came from, such as <c>movielens-1m</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Columns <c>user_idx</c> and <c>item_idx</c> (whole numbers), <c>response</c> (a number: a rating, a share watched, or 0 and 1) and,
    /// where the source has times, <c>timestamp</c> (whole seconds since 1970; -1 in rows whose time is unknown).</summary>
    public required DataTable Interactions { get; init; }

    /// <summary>Column <c>user_idx</c>, distinct, and a column for each thing known; none where nothing is.</summary>
    public DataTable? Users { get; init; }

    /// <summary>Column <c>item_idx</c>, distinct, and a column for each thing known, such as <c>title</c> (text), <c>year</c> (whole number)
    /// and one 0/1 column <c>genre:NAME</c> for each genre; none where nothing is.</summary>
    public DataTable? Items { get; init; }
}
