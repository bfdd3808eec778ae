using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation;

/// <summary>A copy of one round's feedback on its way to the agent: B users, perhaps none, each of whom it reaches with a step of its own.</summary>
internal sealed class PendingRound : IDisposable
{
    private const string ArrivalName = "arrival";
    private static readonly string[] s_observed = ["userIds", "userFeatures", "recentItems", "recentResponses", "eligibleItems"];
    private static readonly string[] s_happened = ["slates", "responses", "reward", "terminated", "truncated"];

    private readonly Dictionary<string, Tensor> _tensors;
    private readonly (long Iteration, long DrawKey) _observation;
    private readonly (long Iteration, long DrawKey) _next;

    /// <param name="feedback">Borrowed; it is copied.</param>
    /// <param name="arrival">[B] int64, the round with whose step each row arrives. Borrowed; it is copied.</param>
    /// <param name="last">The round with whose step the last row arrives at the latest.</param>
    public PendingRound(Feedback feedback, Tensor arrival, long last)
        : this(Copies(feedback, arrival), (feedback.Observation.Iteration, feedback.Observation.DrawKey), (feedback.NextObservation.Iteration, feedback.NextObservation.DrawKey), last)
    {
    }

    private PendingRound(Dictionary<string, Tensor> tensors, (long Iteration, long DrawKey) observation, (long Iteration, long DrawKey) next, long last)
    {
        _tensors = tensors;
        _observation = observation;
        _next = next;
        Last = last;
    }

    /// <summary>The round that the feedback is about.</summary>
    public long Round => _observation.Iteration;

    /// <summary>The round with whose step the last row arrives at the latest.</summary>
    public long Last { get; }

    /// <summary>[B] int64, who the rows are about. Borrowed by whoever reads it, as are the others.</summary>
    public Tensor UserIds => _tensors["observation.userIds"];

    /// <summary>[B, K] int64.</summary>
    public Tensor Slates => _tensors["slates"];

    /// <summary>[B, K] float32.</summary>
    public Tensor Responses => _tensors["responses"];

    /// <summary>[B] int64, the round with whose step each row arrives.</summary>
    public Tensor Arrival => _tensors[ArrivalName];

    /// <summary>Some of the rows, as feedback of the same round. The caller disposes.</summary>
    public Feedback Take(Tensor rows)
    {
        return new Feedback
        {
            Observation = Observed("observation", _observation),
            Slates = Part("slates"),
            Responses = Part("responses"),
            Reward = Part("reward"),
            NextObservation = Observed("next", _next),
            Terminated = Part("terminated"),
            Truncated = Part("truncated"),
        };

        Tensor Part(string name) => _tensors[name].index_select(0, rows);

        Tensor? Optional(string name) => _tensors.ContainsKey(name) ? Part(name) : null;

        Observation Observed(string prefix, (long Iteration, long DrawKey) when) => new()
        {
            UserIds = Part(prefix + ".userIds"),
            UserFeatures = Optional(prefix + ".userFeatures"),
            RecentItems = Part(prefix + ".recentItems"),
            RecentResponses = Part(prefix + ".recentResponses"),
            EligibleItems = Optional(prefix + ".eligibleItems"),
            Iteration = when.Iteration,
            DrawKey = when.DrawKey,
        };
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("last", Last);
        foreach (var (name, number) in new[] { ("observation.iteration", _observation.Iteration), ("observation.drawKey", _observation.DrawKey), ("next.iteration", _next.Iteration), ("next.drawKey", _next.DrawKey) })
            writer.Write(name, number);
        foreach (var name in Names)
        {
            // Which tensors there are is a matter of the environment, yet a reader can only ask for one that is there.
            writer.Write("has." + name, _tensors.ContainsKey(name) ? 1 : 0);
            if (_tensors.TryGetValue(name, out var part))
                writer.Write(name, part);
        }
    }

    public static PendingRound Load(IStateReader reader, Device device)
    {
        var tensors = new Dictionary<string, Tensor>();
        foreach (var name in Names.Where(name => reader.ReadInt64("has." + name) != 0))
        {
            using var scope = NewDisposeScope();
            tensors.Add(name, reader.ReadTensor(name).to(device).DetachFromDisposeScope());
        }
        return new PendingRound(
            tensors,
            (reader.ReadInt64("observation.iteration"), reader.ReadInt64("observation.drawKey")),
            (reader.ReadInt64("next.iteration"), reader.ReadInt64("next.drawKey")),
            reader.ReadCount("last"));
    }

    public void Dispose()
    {
        foreach (var part in _tensors.Values)
            part.Dispose();
    }

    private static IEnumerable<string> Names =>
        [.. s_observed.Select(name => "observation." + name), .. s_happened, .. s_observed.Select(name => "next." + name), ArrivalName];

    private static Dictionary<string, Tensor> Copies(Feedback feedback, Tensor arrival)
    {
        Tensor?[] parts =
        [
            .. Observed(feedback.Observation),
            feedback.Slates, feedback.Responses, feedback.Reward, feedback.Terminated, feedback.Truncated,
            .. Observed(feedback.NextObservation),
            arrival,
        ];
        return Names.Zip(parts).Where(pair => pair.Second is not null).ToDictionary(pair => pair.First, pair => pair.Second!.clone().DetachFromDisposeScope());

        static Tensor?[] Observed(Observation seen) => [seen.UserIds, seen.UserFeatures, seen.RecentItems, seen.RecentResponses, seen.EligibleItems];
    }
}
