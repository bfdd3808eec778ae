using System.ComponentModel.DataAnnotations;

namespace RecDeepRL.Core.Options;

/// <summary>Fills an options record from texts and checks it at once, with every fault in one message.</summary>
public static class OptionsBinder
{
    /// <param name="optionsType">A record with a parameterless constructor that gives the defaults.</param>
    /// <param name="values">Name and text of each option given; a later one replaces an earlier one.</param>
    /// <exception cref="UserMistakeException">Unknown names, values of another type or out of range, or options that do not go together.</exception>
    public static object Bind(Type optionsType, IEnumerable<KeyValuePair<string, string>> values)
    {
        var faults = new List<string>();
        var result = Bind(optionsType, values, faults);
        if (faults.Count > 0)
            throw new UserMistakeException($"{optionsType.Name} is invalid: {string.Join("; ", faults).TrimEnd('.')}{(faults[^1].EndsWith('?') ? "" : ".")}");
        return result;
    }

    /// <summary>Checks options that were set in code.</summary>
    /// <exception cref="UserMistakeException">As for <see cref="Bind(Type, IEnumerable{KeyValuePair{string, string}})"/>.</exception>
    public static void Validate(object options) => Bind(options.GetType(), ToTexts(options));

    /// <summary>Every option with its value, as the user would type them; parts with all their options.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> ToTexts(object options) =>
        [.. Values(options).Select(one => KeyValuePair.Create(one.Option.Name, OptionText.Format(one.Value)))];

    /// <summary>Name of each part of a list in messages, such as <c>response[2] (logistic)</c>; counted from 0.</summary>
    public static string PartName(string option, int index, Part part) => $"{option}[{index}] ({part.Kind})";

    private static object Bind(Type optionsType, IEnumerable<KeyValuePair<string, string>> values, List<string> faults)
    {
        var result = Activator.CreateInstance(optionsType)!;
        var options = OptionDescription.Of(optionsType);
        var before = faults.Count;
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, text) in values)
            given[name] = text;
        foreach (var (name, text) in given)
        {
            var option = options.FirstOrDefault(one => one.Name == name);
            if (option is null)
                faults.Add($"unknown option '{OptionText.Received(name)}'.{NearName.Suggest(name, options.Select(one => one.Name))}".TrimEnd('.'));
            else if (!OptionText.TryParse(option, text, out var value) || !option.Admits(value))
                faults.Add($"{name} was {OptionText.Received(text)}, must be {option.Wanted(text)}");
            else
            {
                if (value is PartList parts)
                    Bind(parts, option, faults);
                option.Property.SetValue(result, value);
            }
        }
        if (faults.Count == before && result is IValidatableObject validatable)
            faults.AddRange(validatable.Validate(new ValidationContext(result)).Select(fault => fault.ErrorMessage ?? "invalid"));
        return result;
    }

    /// <summary>The options of each part, with every fault of theirs.</summary>
    private static List<(string Kind, object Options)> Bind(PartList parts, OptionDescription option, List<string> faults)
    {
        var bound = new List<(string, object)>();
        var known = option.Parts!.Descriptions;
        foreach (var (index, part) in parts.Index())
        {
            if (known.FirstOrDefault(one => one.Name == part.Kind || one.Aliases.Contains(part.Kind)) is not { } description)
            {
                faults.Add(part.Kind.Length == 0
                    ? $"{option.Name}[{index}] has no kind, must be one of {string.Join(", ", known.Select(one => one.Name))}"
                    : $"{option.Name}[{index}] is of the unknown kind '{part.Kind}'.{NearName.Suggest(part.Kind, known.Select(one => one.Name))} 'list parts' shows all");
                continue;
            }
            var own = new List<string>();
            bound.Add((description.Name, Bind(description.OptionsType, part.Options, own)));
            faults.AddRange(own.Select(fault => $"{PartName(option.Name, index, part)}: {fault}"));
        }
        return bound;
    }

    private static IEnumerable<(OptionDescription Option, object? Value)> Values(object options)
    {
        foreach (var option in OptionDescription.Of(options.GetType()))
        {
            var value = option.Property.GetValue(options);
            yield return (option, value is PartList parts ? Complete(parts, option) : value);
        }
    }

    /// <summary>The same parts with every option written out; as they are where one of them has a fault.</summary>
    private static PartList Complete(PartList parts, OptionDescription option)
    {
        var faults = new List<string>();
        var bound = Bind(parts, option, faults);
        return faults.Count > 0
            ? parts
            : PartList.Of(bound.Select(part => (part.Kind, Values(part.Options).Select(one => KeyValuePair.Create(one.Option.Name, OptionJson.Of(one.Value))))));
    }
}
