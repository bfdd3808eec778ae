namespace RecDeepRL.Experiments.Tuning;

/// <summary>How much of the differences between the settings of a search is due to one option.</summary>
/// <param name="Option">The option's name.</param>
/// <param name="Alone">Share, in [0, 1], of the variance over the searched space that the option explains by itself (its main effect, the first-order Sobol
/// index); 0 where nothing makes a difference.</param>
/// <param name="WithOthers">The same with all that it does together with others (the total Sobol index); from <paramref name="Alone"/> to 1.</param>
/// <param name="Effect">Values of the option in order, each with what it comes to over the settings of the others.</param>
public sealed record OptionImportance(string Option, double Alone, double WithOthers, IReadOnlyList<OptionEffect> Effect);

/// <summary>One point of an option's effect.</summary>
/// <param name="Value">As the user would type it.</param>
/// <param name="Ahead">Mean over the settings of the other options, in the unit of the score that decides: how far ahead of the search's start.</param>
public sealed record OptionEffect(string Value, double Ahead);
