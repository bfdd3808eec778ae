using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation;

/// <summary>The weight with which planning counts an item's burden against its appeal: of a grid, the one that earned most in sessions played with it.
/// Searched when it is first asked for, and kept.</summary>
/// <remarks>All weights meet the same users and the same coins, which no other purpose draws from. The grid holds 0, so that planning earns
/// no less in those sessions than always showing what is answered most now.</remarks>
internal sealed class PlanningWeight
{
    /// <summary>Users whose sessions are played, at most; evenly spread over those whose state the environment holds.</summary>
    private const int MostUsers = 500;

    private readonly Lazy<double> _value;

    public PlanningWeight(SessionEnvironment environment) => _value = new Lazy<double>(() => Search(environment));

    public double Value => _value.Value;

    /// <summary>0, and powers of 2 from 2⁻⁷ to 2⁵.</summary>
    public static IReadOnlyList<double> Grid { get; } = [0, .. Enumerable.Range(-7, 13).Select(power => Math.ScaleB(1, power))];

    /// <summary>Responses per user in sessions planned with a weight.</summary>
    /// <param name="participants">[B] int64, whose sessions are played. Borrowed.</param>
    public static double Play(SessionEnvironment environment, Tensor participants, double weight, long seed)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        using var sessions = environment.BeginSessions(participants, seed);
        var earned = zeros([], ScalarType.Float64, environment.Spec.Device);
        while (true)
        {
            using var round = NewDisposeScope();
            using var observation = sessions.Observe();
            if (observation.UserCount == 0)
                break;
            using var feedback = sessions.Step(sessions.Plan(observation, weight));
            earned.add_(feedback.Reward.sum(ScalarType.Float64));
        }
        return earned.item<double>() / participants.size(0);
    }

    private static double Search(SessionEnvironment environment)
    {
        using var scope = NewDisposeScope();
        var spec = environment.Spec;
        var count = Math.Min(MostUsers, spec.Users.Count);
        var participants = arange(count, ScalarType.Int64, spec.Device).mul_(spec.Users.Count).div_(count, RoundingMode.floor).add_(spec.Users.First);
        var seed = RandomStream.DeriveSeed(0, "planning");
        return Grid.MaxBy(weight => Play(environment, participants, weight, seed));
    }
}
