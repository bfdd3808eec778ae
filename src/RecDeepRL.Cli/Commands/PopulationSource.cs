using System.CommandLine;
using System.Globalization;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Data.Files;
using RecDeepRL.Data.Populations;

namespace RecDeepRL.Cli.Commands;

/// <summary>Where generated users come from: the options of <c>population generate</c> and <c>population fit</c>.</summary>
internal sealed class PopulationSource
{
    private readonly ProfileOptions _profiles = new();

    public Option<string?> Kind { get; } = new("--kind") { Description = $"What to fit: {string.Join(", ", GeneratorRegistry.All.Select(one => one.Name))}. Default copula; for tables in --mix resample.", HelpName = "K" };

    public Option<string?> Table { get; } = new("--from") { Description = "Table of real profiles: a Parquet file or folder, or a CSV file.", HelpName = "TABLE" };

    public Option<string[]> Mix { get; } = new("--mix")
    {
        Description = "A component of a mixture and its weight: FILE:WEIGHT, with a table's users chosen by TABLE,COLUMN=VALUE:WEIGHT. FILE is a generator (.json) or a table; may be repeated.",
        HelpName = "FILE:W",
        AllowMultipleArgumentsPerToken = false,
    };

    public Option<string?> SegmentColumn { get; } = new("--segment-column") { Description = "Name of a text column that tells which component of --mix a user came from. Default: none.", HelpName = "NAME" };

    public Option<long> Seed { get; } = new("--seed") { Description = "Seed of the fit and the sample. Default 1.", HelpName = "N", DefaultValueFactory = _ => 1 };

    public Option<bool> Force { get; } = OutputFile.Force();

    public Option<int> Threads { get; } = CommonOptions.Threads();

    private Option<string[]> Set { get; } = SetOfKind();

    public static Option<string[]> SetOfKind() => new("--set")
    {
        Description = "Set an option of the kind, as key=value; may be repeated. " + string.Join(". ", GeneratorRegistry.All.Select(Described).Where(text => text.Length > 0)) + ".",
        HelpName = "key=value",
        AllowMultipleArgumentsPerToken = false,
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { Seed, Set, Force, Threads, CommonOptions.Libtorch() })
            command.Options.Add(option);
        _profiles.AddTo(command);
    }

    /// <param name="model">A file of a fitted generator, or none.</param>
    /// <exception cref="UserMistakeException">Not exactly one source, or one that cannot be read.</exception>
    public IProfileGenerator Generator(ParseResult parsed, string? model)
    {
        var (table, mix) = (parsed.GetValue(Table), parsed.GetValue(Mix) ?? []);
        var sources = (table is null ? 0 : 1) + (model is null ? 0 : 1) + (mix.Length > 0 ? 1 : 0);
        if (sources != 1)
            throw new UserMistakeException($"{(sources == 0 ? "No source was given" : "More than one source was given")}. Give one of --from TABLE, {(parsed.CommandResult.Command.Name == "generate" ? "--model FILE, " : "")}and --mix FILE:WEIGHT (repeated).");
        if (model is not null)
        {
            Refuse(parsed, "--model", Kind, Set);
            return GeneratorFile.Load(model);
        }
        if (mix.Length == 0)
        {
            Refuse(parsed, "--from", SegmentColumn);
            return Fitted(parsed, _profiles.Read(parsed, table!), "copula");
        }
        return new MixtureGenerator([.. mix.Select(text => Component(parsed, text))], parsed.GetValue(SegmentColumn));
    }

    private IProfileGenerator Fitted(ParseResult parsed, Profiles profiles, string defaultKind)
    {
        var kind = GeneratorRegistry.Find(parsed.GetValue(Kind) ?? defaultKind);
        return kind.Create(new GeneratorContext(profiles, parsed.GetValue(Seed), System.Console.WriteLine), Options(kind, parsed.GetValue(Set) ?? []));
    }

    /// <exception cref="UserMistakeException">A setting that is no key=value, or none of the kind's.</exception>
    public static object Options(ComponentRegistration<GeneratorContext, IProfileGenerator> kind, IEnumerable<string> settings) =>
        OptionsBinder.Bind(kind.OptionsType, settings.Select(text => text.IndexOf('=', StringComparison.Ordinal) is var equals and > 0
            ? KeyValuePair.Create(text[..equals].Trim(), text[(equals + 1)..].Trim())
            : throw new UserMistakeException($"--set was '{text}', must be key=value, such as --set epochs=100.")));

    private MixtureComponent Component(ParseResult parsed, string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !double.TryParse(text.AsSpan(colon + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) || !(weight > 0) || !double.IsFinite(weight))
            throw new UserMistakeException($"--mix was '{text}', must be FILE:WEIGHT with a weight above 0, such as users.csv,gender=F:0.7.");
        var parts = text[..colon].Split(',');
        var name = string.Join(",", parts.Skip(1).Prepend(Path.GetFileNameWithoutExtension(parts[0].TrimEnd(Path.DirectorySeparatorChar))));
        if (!parts[0].EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            return new MixtureComponent(name, weight, Fitted(parsed, _profiles.Read(parsed, parts[0], parts[1..]), "resample"));
        if (parts.Length > 1)
            throw new UserMistakeException($"--mix was '{text}', but users are chosen from a table, not from a generator. Fit a generator to those users, or leave '{string.Join(",", parts[1..])}' out.");
        return new MixtureComponent(name, weight, GeneratorFile.Load(parts[0]));
    }

    private static void Refuse(ParseResult parsed, string source, params Option[] options)
    {
        if (options.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } odd)
            throw new UserMistakeException($"{odd.Name} does not go with {source}. Leave one of them out.");
    }

    private static string Described(ComponentRegistration<GeneratorContext, IProfileGenerator> kind)
    {
        var options = OptionDescription.Of(kind.OptionsType).Select(option => $"{option.Name} ({option.Allowed}; default {OptionText.Format(option.Default)})").ToList();
        return options.Count == 0 ? "" : $"{kind.Name}: {string.Join(", ", options)}";
    }
}

/// <summary>How tables of profiles are read: the options that all <c>population</c> commands share.</summary>
internal sealed class ProfileOptions
{
    private readonly Option<string?> _key = new("--key") { Description = "The column that names users and is no feature, beside user_idx, which never is one.", HelpName = "COLUMN" };
    private readonly Option<string[]> _without = new("--without") { Description = "Columns to leave out, separated by commas; may be repeated.", HelpName = "COLUMN,…", AllowMultipleArgumentsPerToken = false };
    private readonly Option<int> _categories = new("--categories") { Description = "A column of whole numbers with at most so many different values holds categories. Default 25.", HelpName = "N", DefaultValueFactory = _ => new ProfileReading().CategoriesUpTo };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _key, _without, _categories })
            command.Options.Add(option);
    }

    public ProfileReading Reading(ParseResult parsed)
    {
        CommonOptions.RequireAtLeast("--categories", parsed.GetValue(_categories), 0);
        return new ProfileReading
        {
            Key = parsed.GetValue(_key),
            Without = [.. (parsed.GetValue(_without) ?? []).SelectMany(names => names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))],
            CategoriesUpTo = parsed.GetValue(_categories),
        };
    }

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

/// <summary>Files that a command writes.</summary>
internal static class OutputFile
{
    public static Option<bool> Force() => new("--force") { Description = "Replace files that exist." };

    /// <summary>The path, if it can be written: asked before long work begins.</summary>
    /// <exception cref="UserMistakeException">It exists, is a folder, stands in no folder, or ends otherwise than allowed.</exception>
    public static string Checked(string option, string path, bool force, params string[] endings)
    {
        if (!endings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
            throw new UserMistakeException($"{option} was '{path}', must end with {string.Join(" or ", endings)}.");
        if (Directory.Exists(path))
            throw new UserMistakeException($"{option} was '{path}', which is a folder. Give it a file.");
        if (File.Exists(path) && !force)
            throw new UserMistakeException($"'{path}' exists already. Give {option} another name, or --force to replace it.");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            throw new UserMistakeException($"{option} was '{path}', but there is no folder '{folder}'. Make it first.");
        return path;
    }
}
