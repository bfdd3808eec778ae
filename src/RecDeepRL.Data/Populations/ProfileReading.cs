using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Data.Files;

namespace RecDeepRL.Data.Populations;

/// <summary>How the columns of a table are read as features of users.</summary>
public sealed record ProfileReading
{
    /// <summary>The column of keys in tables that the program writes.</summary>
    public const string DefaultKey = "user_idx";

    /// <summary>The most different texts that a column may hold; more are names or addresses, and no categories.</summary>
    public const int MostTexts = 256;

    private const double LargestExactWhole = 1L << 53;

    /// <summary>The column that names users and is no feature, beside <see cref="DefaultKey"/>, which never is one; none where the table has no other.</summary>
    public string? Key { get; init; }

    /// <summary>Columns to leave out.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];

    /// <summary>A column of whole numbers with at most so many different values holds categories; at least 0. The default, 25, takes in the 21 occupations of MovieLens.</summary>
    public int CategoriesUpTo { get; init; } = 25;

    /// <summary>Reads a table, and finds out what each column is.</summary>
    /// <exception cref="UserMistakeException">A named column is missing, nothing is left, or a column is neither numbers nor categories.</exception>
    public Profiles Read(DataTable table)
    {
        RequireNamedColumns(table);
        return ReadFeatures(table);
    }

    /// <summary>Reads two tables of the same columns, the second as what the first is. Keys and columns to leave out may be in one of them only.</summary>
    /// <exception cref="UserMistakeException">As for <see cref="Read"/> and <see cref="ReadLike"/>.</exception>
    public (Profiles First, Profiles Second) ReadPair(DataTable first, DataTable second)
    {
        RequireNamedColumns(first, second);
        var model = ReadFeatures(first);
        return (model, ReadLike(second, model));
    }

    /// <summary>Reads a table with the columns of another, each as what it is there.</summary>
    /// <exception cref="UserMistakeException">The columns differ in names or kinds.</exception>
    public Profiles ReadLike(DataTable table, Profiles model)
    {
        var columns = Features(table);
        var names = model.Features.Select(feature => feature.Name).ToHashSet();
        if (!names.SetEquals(columns.Select(column => column.Name)))
        {
            throw new UserMistakeException(
                $"{table.Source} has the columns {Quoted(columns.Select(column => column.Name))}, {model.Source} has {Quoted(model.Features.Select(feature => feature.Name))}. Both must have the same; leave columns out with --without.");
        }
        return new Profiles([.. model.Features.Select(feature => FeatureLike(table.Find(feature.Name)!, feature, table.Source, model.Source))], table.Source);
    }

    private Profiles ReadFeatures(DataTable table) => new([.. Features(table).Select(column => FeatureOf(column, table.Source))], table.Source);

    private List<DataColumn> Features(DataTable table)
    {
        var columns = table.Columns.Where(column => column.Name != DefaultKey && column.Name != Key && !Without.Contains(column.Name)).ToList();
        return columns.Count > 0 ? columns
            : throw new UserMistakeException($"{table.Source} has no feature, only {Quoted(table.Columns.Select(column => column.Name))}. Profiles need a column that is neither key nor left out.");
    }

    private void RequireNamedColumns(params DataTable[] tables)
    {
        var known = tables.SelectMany(table => table.Columns).Select(column => column.Name).Distinct().ToList();
        foreach (var (option, name) in Without.Select(name => ("--without", name)).Concat(Key is null ? [] : [("--key", Key)]))
        {
            if (!known.Contains(name))
                throw new UserMistakeException($"{option} names '{name}', but {string.Join(" and ", tables.Select(table => table.Source))} {(tables.Length > 1 ? "have" : "has")} only {Quoted(known)}.{NearName.Suggest(name, known)}");
        }
    }

    private ProfileFeature FeatureOf(DataColumn column, string source) => column switch
    {
        NumberColumn numbers => new ScaleFeature(column.Name, false, numbers.Values),
        TextColumn texts => Categories(texts, source),
        IntegerColumn integers when integers.Values.Distinct().Take(CategoriesUpTo + 1).Count() <= CategoriesUpTo => CategoryFeature.Of(column.Name, integers.Values),
        IntegerColumn integers => Scale(integers, source),
        _ => throw new NotSupportedException($"A {column.GetType().Name} cannot be read as a feature."),
    };

    private static CategoryFeature Categories(TextColumn column, string source)
    {
        MissingNumbers.Refuse(column, source);
        var categories = CategoryFeature.Of(column.Name, column.Values);
        return categories.Labels.Length <= MostTexts ? categories
            : throw new UserMistakeException($"Column '{column.Name}' of {source} holds {categories.Labels.Length} different texts, at most {MostTexts} make categories. Leave it out with --without {column.Name}, or name it with --key.");
    }

    private static ProfileFeature FeatureLike(DataColumn column, ProfileFeature feature, string source, string modelSource) => (feature, column) switch
    {
        // A column of numbers that happen to be whole comes back from a CSV file as whole numbers.
        (ScaleFeature scale, NumberColumn numbers) => scale with { Values = numbers.Values },
        (ScaleFeature scale, IntegerColumn integers) => scale with { Values = Scale(integers, source).Values },
        (CategoryFeature, TextColumn texts) => CategoryFeature.Of(feature.Name, texts.Values),
        (CategoryFeature, IntegerColumn integers) => CategoryFeature.Of(feature.Name, integers.Values),
        _ => throw new UserMistakeException($"Column '{feature.Name}' holds {(feature is ScaleFeature ? "numbers" : "categories")} in {modelSource}, but not in {source}. Give tables of the same kind, or leave it out with --without {feature.Name}."),
    };

    private static ScaleFeature Scale(IntegerColumn column, string source)
    {
        if (Array.Find(column.Values, value => Math.Abs((double)value) > LargestExactWhole) is var large && large != 0)
            throw new UserMistakeException($"Column '{column.Name}' of {source} holds {large}, allowed are whole numbers up to 2^53. Leave it out with --without {column.Name}, or name it with --key.");
        return new ScaleFeature(column.Name, true, [.. column.Values.Select(value => (double)value)]);
    }

    private static string Quoted(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));
}
