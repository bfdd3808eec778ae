using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Core;

/// <summary>A simulated population that answers slates, a whole batch of users at once.</summary>
/// <remarks>Tensors returned belong to the caller, arguments are borrowed. Coins come from <see cref="Randomness.RandomStream"/>:
/// whether user u responds to item i at iteration t depends on the seed, u, i and t alone, so every agent meets the same luck.</remarks>
public interface IEnvironment : IDisposable
{
    EnvironmentSpec Spec { get; }

    Population Population { get; }

    /// <summary>Rounds completed since the last reset.</summary>
    long Iteration { get; }

    /// <summary>Starts anew: iteration 0, nobody has seen anything, coins from <paramref name="seed"/>. Users, items and truth stay.</summary>
    void Reset(long seed);

    /// <summary>The users of the current round. Users whose session has not begun or who are away are not among them. Asked twice in one round, it answers the same. A round may have no user at all.</summary>
    Observation Observe();

    /// <summary>Shows the slates to the users of the current round and moves on to the next round.</summary>
    /// <param name="slates">[B, K] int64, in the order of the current <see cref="Observe"/>; ids distinct in each row.</param>
    /// <exception cref="ArgumentException">Wrong shape, an unknown item, or an item twice in a slate; nothing has changed then.</exception>
    Feedback Step(Tensor slates);

    /// <summary>Every user of the population once, in the state that the user is in now, as of the current round: what an evaluation asks about. Changes nothing.</summary>
    /// <param name="drawKey">The <see cref="Observation.DrawKey"/> that agents key their draws with.</param>
    Observation ObserveAll(long drawKey);

    /// <summary>Responses to slates as of the observation's iteration, with coins from <paramref name="seed"/>. Nothing is remembered.</summary>
    /// <param name="slates">[B, K] int64, in the order of <paramref name="observation"/>.</param>
    /// <returns>[B, K] float32.</returns>
    Tensor Respond(Observation observation, Tensor slates, long seed);

    /// <summary>Sessions for an evaluation: an environment of the same users, items and truth at iteration 0, in which every user of the
    /// population begins a session at once and takes part in every round until it ends; nobody is replaced or comes back. Rounds go on with
    /// fewer and fewer users, until an observation has none, at the latest after <see cref="EnvironmentSpec.SessionLimit"/> rounds.
    /// It changes nothing here, and must not outlive this environment. The caller disposes.</summary>
    /// <param name="seed">Seed of its coins, and of the draw keys of its observations.</param>
    /// <exception cref="InvalidOperationException">The environment has no sessions (<see cref="EnvironmentSpec.HasEpisodes"/>).</exception>
    IEnvironment BeginSessions(long seed) =>
        throw new InvalidOperationException($"The environment '{Spec.Name}' has no sessions. Ask ObserveAll instead.");

    void Save(IStateWriter writer);

    /// <summary>Restores what <see cref="Save"/> wrote, in an environment of the same specification.</summary>
    void Load(IStateReader reader);
}

/// <summary>An environment in which agents hear of responses later than they happen. What <see cref="IEnvironment.Step"/> returns is what
/// happened, for metrics and logs; agents learn from arrivals alone, and observations show only responses that have arrived.</summary>
public interface IDelayedFeedback
{
    /// <summary>What has arrived with the latest step: for each earlier round, oldest first, those of its users whose feedback arrived now.
    /// Each may be had once. Rows are as <see cref="IEnvironment.Step"/> returned them; none has zero users. The caller disposes.</summary>
    IReadOnlyList<Feedback> TakeArrivals();
}
