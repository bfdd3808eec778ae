namespace RecDeepRL.Core.Options;

/// <summary>One registered environment or agent: its name, its options and how it is made.</summary>
/// <typeparam name="TContext">What it is built from beside its options.</typeparam>
/// <typeparam name="TComponent">What is made.</typeparam>
public sealed class ComponentRegistration<TContext, TComponent>
{
    private readonly Func<TContext, object, TComponent> _create;

    internal ComponentRegistration(string name, string summary, Type optionsType, Func<TContext, object, TComponent> create)
    {
        Name = name;
        Summary = summary;
        OptionsType = optionsType;
        _create = create;
    }

    /// <summary>What the user types: lower case, words joined by hyphens.</summary>
    public string Name { get; }

    /// <summary>One line for <c>list</c>.</summary>
    public string Summary { get; }

    /// <summary>Other names the user may type.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Whether it uses the truth and so is a bound, not a method.</summary>
    public bool IsBound { get; init; }

    /// <summary>Whether an environment can read its population from a data folder; agents and environments without one never do.</summary>
    public bool ReadsData { get; init; }

    /// <summary>A record whose public properties are the options; a new one holds the defaults.</summary>
    public Type OptionsType { get; }

    /// <param name="options">An instance of <see cref="OptionsType"/>, validated.</param>
    public TComponent Create(TContext context, object options) => _create(context, options);

    /// <summary>With the defaults.</summary>
    public TComponent Create(TContext context) => _create(context, Activator.CreateInstance(OptionsType)!);
}

/// <summary>Makes registrations and looks them up by name.</summary>
public static class ComponentRegistration
{
    public static ComponentRegistration<TContext, TComponent> Of<TContext, TOptions, TComponent>(
        string name, string summary, Func<TContext, TOptions, TComponent> create, string[]? aliases = null, bool isBound = false, bool readsData = false)
        where TOptions : class, new() =>
        new(name, summary, typeof(TOptions), (context, options) => create(context, (TOptions)options)) { Aliases = aliases ?? [], IsBound = isBound, ReadsData = readsData };

    /// <param name="kind">What is looked for, in a message: <c>agent</c> or <c>environment</c>.</param>
    /// <exception cref="UserMistakeException">No such name; the message suggests the nearest.</exception>
    public static ComponentRegistration<TContext, TComponent> Find<TContext, TComponent>(
        this IEnumerable<ComponentRegistration<TContext, TComponent>> all, string kind, string name)
    {
        var registrations = all.ToList();
        return registrations.FirstOrDefault(one => one.Name == name || one.Aliases.Contains(name))
            ?? throw new UserMistakeException(
                $"Unknown {kind} '{name}'.{NearName.Suggest(name, registrations.SelectMany(one => one.Aliases.Prepend(one.Name)))} 'list {kind}s' shows all.");
    }
}
