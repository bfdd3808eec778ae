using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Comparison;

namespace RecDeepRL.Cli.Configuration;

/// <summary>One <c>--sweep</c>: an option and its values, each of which makes a variant of every pair that has the option.</summary>
internal sealed class Sweep
{
    private const string Source = "--sweep";

    private readonly string _name;
    private readonly string? _owner;
    private readonly string _key;
    private readonly string _values;

    /// <param name="text"><c>key=VALUES</c>, see <see cref="SweepValues.Of"/>; the key may be qualified as in <see cref="Settings"/>.</param>
    /// <exception cref="UserMistakeException">Another form.</exception>
    public Sweep(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0 || equals == text.Length - 1)
            throw new UserMistakeException($"{Source} was '{text}', must be key=a,b,c or key=low..high, with :log and xN behind it as wanted, such as {Source} alpha=0.1..10:logx5.");
        _name = text[..equals].Trim();
        var dot = _name.IndexOf('.', StringComparison.Ordinal);
        (_owner, _key, _values) = (dot < 0 ? null : _name[..dot], _name[(dot + 1)..], text[(equals + 1)..].Trim());
    }

    /// <summary>The plans, each that has the option in all of its variants, the others as they are.</summary>
    /// <exception cref="UserMistakeException">No plan has the option, it could mean two, or a value is not allowed.</exception>
    public IReadOnlyList<RunPlan> ApplyTo(IReadOnlyList<RunPlan> plans, Catalog catalog)
    {
        new Settings([$"{_name}={_values}"], Source).Check(plans, catalog);
        return [.. plans.SelectMany(plan => Variants(plan, catalog))];
    }

    private IEnumerable<RunPlan> Variants(RunPlan plan, Catalog catalog)
    {
        var agent = catalog.Agents.Find("agent", plan.Agent);
        var environment = catalog.Environments.Find("environment", plan.Environment);
        var optionsType = Settings.Takes(_owner, _key, "agent", agent) ? agent.OptionsType
            : Settings.Takes(_owner, _key, "environment", environment) ? environment.OptionsType : null;
        return optionsType is null
            ? [plan]
            : SweepValues.Of(_key, _values, optionsType).Select(value => new Settings([$"{_name}={value}"], Source).ApplyTo(plan, catalog));
    }
}
