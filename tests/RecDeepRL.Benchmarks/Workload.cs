using System.Globalization;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Simulation;
using static TorchSharp.torch;

namespace RecDeepRL.Benchmarks;

/// <summary>A named round to be measured: everybody of an environment's built-in population takes part, so that the batch B is the population.</summary>
/// <param name="EnvironmentName">As in the registry; its slate size K is the environment's own.</param>
/// <param name="Users">B.</param>
/// <param name="Items">N; none for the environment's own.</param>
internal sealed record Workload(string EnvironmentName, int Users, int? Items = null)
{
    private static readonly int[] s_batches = [604, 10_000, 100_000, 1_000_000];

    /// <summary>A table holds at most 2²⁹ pairs: a million users of <c>personal</c> have a tenth of its items.</summary>
    public static IEnumerable<Workload> All =>
        from environment in new[] { "popular", "context", "drift", "personal", "sessions" }
        from users in s_batches
        select new Workload(environment, users, environment == "personal" && users == s_batches[^1] ? 100 : null);

    public string Name => string.Create(CultureInfo.InvariantCulture, $"{EnvironmentName}-{Users}");

    /// <summary>Whether every user likes the items equally.</summary>
    public bool LikedEqually => EnvironmentName is "popular" or "drift";

    /// <summary>The environment at its beginning.</summary>
    /// <param name="device">Where its users live; the CPU where none is named.</param>
    public IEnvironment Create(Device? device = null)
    {
        var registration = EnvironmentRegistry.Find(EnvironmentName);
        var options = new Dictionary<string, string> { ["users"] = Users.ToString(CultureInfo.InvariantCulture), ["sampling"] = "1" };
        if (Items is { } items)
            options["items"] = items.ToString(CultureInfo.InvariantCulture);
        // What it takes to make a population is not measured: eight factors are as good as ninety-six.
        if (EnvironmentName == "personal")
            options["rank"] = "8";
        var environment = registration.Create(new EnvironmentContext(1, device ?? CPU, null), OptionsBinder.Bind(registration.OptionsType, options));
        environment.Reset(1);
        return environment;
    }
}
