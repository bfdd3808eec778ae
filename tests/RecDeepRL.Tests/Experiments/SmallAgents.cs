using RecDeepRL.Agents;
using RecDeepRL.Core.Options;

namespace RecDeepRL.Tests.Experiments;

/// <summary>Sizes of agents at which a round takes milliseconds. Where only numbers would be larger, a test need not wait for them.</summary>
internal static class SmallAgents
{
    private static readonly Dictionary<string, string> s_sizes = new() { ["hiddenSize"] = "16", ["batchSize"] = "32", ["members"] = "3", ["stepsPerTraining"] = "4", ["slatesPerUpdate"] = "15" };

    /// <summary>Those of these sizes that an agent has as options.</summary>
    /// <param name="agent">A registered name.</param>
    /// <param name="settings">What is set otherwise.</param>
    public static Dictionary<string, string> Options(string agent, IReadOnlyDictionary<string, string>? settings = null)
    {
        var known = OptionDescription.Of(AgentRegistry.Find(agent).OptionsType).Select(option => option.Name);
        var options = s_sizes.Where(size => known.Contains(size.Key)).ToDictionary();
        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
            options[name] = value;
        return options;
    }
}
