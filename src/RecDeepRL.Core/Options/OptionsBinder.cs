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
        var result = Activator.CreateInstance(optionsType)!;
        var options = OptionDescription.Of(optionsType);
        var faults = new List<string>();
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, text) in values)
            given[name] = text;
        foreach (var (name, text) in given)
        {
            var option = options.FirstOrDefault(one => one.Name == name);
            if (option is null)
                faults.Add($"unknown option '{name}'.{NearName.Suggest(name, options.Select(one => one.Name))}".TrimEnd('.'));
            else if (!OptionText.TryParse(option, text, out var value) || !option.Admits(value))
                faults.Add($"{name} was {(text.Length == 0 ? "empty" : text)}, must be {option.Allowed}");
            else
                option.Property.SetValue(result, value);
        }
        if (faults.Count == 0 && result is IValidatableObject validatable)
            faults.AddRange(validatable.Validate(new ValidationContext(result)).Select(fault => fault.ErrorMessage ?? "invalid"));
        if (faults.Count > 0)
            throw new UserMistakeException($"{optionsType.Name} is invalid: {string.Join("; ", faults)}.");
        return result;
    }

    /// <summary>Checks options that were set in code.</summary>
    /// <exception cref="UserMistakeException">As for <see cref="Bind"/>.</exception>
    public static void Validate(object options) => Bind(options.GetType(), ToTexts(options));

    /// <summary>Every option with its value, as the user would type them.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> ToTexts(object options) =>
        [.. OptionDescription.Of(options.GetType()).Select(option => KeyValuePair.Create(option.Name, OptionText.Format(option.Property.GetValue(options))))];
}
