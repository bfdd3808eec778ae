using System.CommandLine;
using System.Globalization;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Data.Files;
using RecDeepRL.Data.Populations;

namespace RecDeepRL.Cli.Commands;

/// <summary>How tables of profiles are read: the options that all <c>population</c> commands share.</summary>
internal sealed class ProfileOptions
{
    private readonly Option<string?> _key = new("--key") { Description = "The column that names users and is no feature, beside user_idx, which never is one.", HelpName = "COLUMN" };
    private readonly Option<string[]> _without = new("--without") { Description = "Columns to leave out, separated by commas; may be repeated.", HelpName = "COLUMN,…", AllowMultipleArgumentsPerToken = false };
    private readonly Option<int> _categories = new NumberOption<int>("--categories", least: 0) { Description = "A column of whole numbers with at most so many different values holds categories. Default 25.", HelpName = "N", DefaultValueFactory = _ => new ProfileReading().CategoriesUpTo };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _key, _without, _categories })
            command.Options.Add(option);
    }

    public ProfileReading Reading(ParseResult parsed) => new()
    {
        Key = parsed.GetValue(_key),
        Without = [.. (parsed.GetValue(_without) ?? []).SelectMany(names => names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))],
        CategoriesUpTo = parsed.GetValue(_categories),
    };

    /// <summary>The profiles of a table.</summary>
    /// <param name="filters">COLUMN=VALUE, of which a row must meet all. A column may be left out of the profiles and still be asked about.</param>
    public Profiles Read(ParseResult parsed, string path, params string[] filters)
    {
        var table = TableFile.Read(path);
        var profiles = Reading(parsed).Read(table);
        if (filters.Length == 0)
            return profiles;
        var rows = Enumerable.Range(0, table.RowCount).ToArray();
        foreach (var filter in filters)
        {
            var equals = filter.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new UserMistakeException($"--mix chooses users by '{filter}', must be COLUMN=VALUE, such as gender=F.");
            var column = table.Find(filter[..equals])
                ?? throw new UserMistakeException($"--mix chooses users by '{filter}', but {path} has no column '{filter[..equals]}'.{NearName.Suggest(filter[..equals], table.Columns.Select(one => one.Name))}");
            rows = [.. rows.Where(row => Text(column, row) == filter[(equals + 1)..])];
        }
        return rows.Length > 0 ? profiles.Take(rows)
            : throw new UserMistakeException($"No user of {path} has {string.Join(" and ", filters)}. Choose a value that occurs.");
    }

    private static string Text(DataColumn column, int row) => column switch
    {
        IntegerColumn integers => integers.Values[row].ToString(CultureInfo.InvariantCulture),
        NumberColumn numbers => numbers.Values[row].ToString(CultureInfo.InvariantCulture),
        _ => ((TextColumn)column).Values[row],
    };
}
