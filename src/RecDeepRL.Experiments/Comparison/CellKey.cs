using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace RecDeepRL.Experiments.Comparison;

/// <summary>What a cell is, in one text: everything that determines its numbers. Two cells are the same exactly if their keys are.</summary>
internal static class CellKey
{
    /// <param name="plan">Resolved, so that a default written out and one left out are the same.</param>
    /// <param name="device">As the user would write it.</param>
    public static string Of(RunPlan plan, string device) => JsonSerializer.Serialize(new object?[]
    {
        plan.Environment, Sorted(plan.EnvironmentOptions), plan.DataFolder, plan.Iterations, plan.Agent, Sorted(plan.AgentOptions), plan.Seed, device,
    });

    /// <summary>Name of the cell's file: readable, and of no two keys the same.</summary>
    public static string FileName(RunPlan plan, string device)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Of(plan, device))))[..16];
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{plan.Environment}-{plan.Agent}-seed{plan.Seed}-{hash}.json");
    }

    private static SortedDictionary<string, string> Sorted(IReadOnlyDictionary<string, string> options) => new(options.ToDictionary(), StringComparer.Ordinal);
}
