using System.CommandLine;
using System.Globalization;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
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

    public Option<long> Seed { get; } = new NumberOption<long>("--seed", least: long.MinValue) { Description = "Seed of the fit and the sample. Default 1.", HelpName = "N", DefaultValueFactory = _ => 1 };

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
