using RecDeepRL.Core;
using RecDeepRL.Experiments.Training;
using static TorchSharp.torch;

namespace RecDeepRL.Experiments.OffPolicy;

/// <summary>A log in memory: what an agent's run leaves, with propensities where the agent knows them.</summary>
public sealed class LogSimulation : IDisposable
{
    private readonly List<PlayedRound> _rounds = [];

    /// <param name="pair">Fresh; runs to its end. Borrowed.</param>
    public LogSimulation(RunPair pair, CancellationToken cancellation)
    {
        var explains = pair.Agent as IExplainsSlates;
        var loop = new TrainingLoop(pair, new NoRecorder()) { MeasureOracle = false, Responded = Keep };
        loop.Run(cancellation);

        void Keep(Feedback feedback)
        {
            using var scope = NewDisposeScope();
            using var gradients = no_grad();
            using var explanation = feedback.Observation.UserCount > 0 ? explains?.Explain(feedback.Observation, feedback.Slates, RecommendationMode.Explore) : null;
            _rounds.Add(Copy(feedback.Observation.UserIds, feedback.Slates, feedback.Responses, explanation?.Propensity));
        }
    }

    public int IterationCount => _rounds.Count;

    /// <summary>Copies of the rounds in order. The caller disposes each.</summary>
    public IEnumerable<PlayedRound> Rounds() => _rounds.Select(round => Copy(round.UserIds, round.Slates, round.Responses, round.Propensity));

    public void Dispose()
    {
        _rounds.ForEach(round => round.Dispose());
        _rounds.Clear();
    }

    private static PlayedRound Copy(Tensor users, Tensor slates, Tensor responses, Tensor? propensity) => new(Kept(users), Kept(slates), Kept(responses))
    {
        Propensity = propensity is null ? null : Kept(propensity),
    };

    private static Tensor Kept(Tensor tensor) => tensor.to(CPU, copy: true).DetachFromDisposeScope();
}
