using RecDeepRL.Core;
using RecDeepRL.Experiments.Evaluation;

namespace RecDeepRL.Experiments.Training;

/// <summary>Where a run's rounds are played and its users evaluated: in this process (<see cref="LocalRounds"/>), or by others who hold parts of the population.
/// The state of the users is saved and restored through the run's environment, wherever it is.</summary>
public interface IRounds
{
    /// <summary>Rounds completed.</summary>
    long Iteration { get; }

    /// <summary>Rounds begun, which is more than those completed where some are played ahead.</summary>
    long Begun => Iteration;

    /// <summary>Plays one round to its end: users are shown slates and answer, and the agent learns of it.</summary>
    /// <param name="last">Rounds completed when something other than a round follows, such as a checkpoint: none beyond it may be begun by then. At least one more than are completed, and none less than are begun.</param>
    RoundFigures Play(long last);

    /// <inheritdoc cref="Bounds.Of(IEnvironment, ITruth, long, long)"/>
    Bounds Bounds(long seed);

    /// <inheritdoc cref="Evaluator.Evaluate"/>
    EvaluationResult Evaluate(RecommendationMode mode, long seed, Bounds? bounds = null);
}

/// <summary>Plays rounds in this process.</summary>
public sealed class LocalRounds(RunPair pair) : IRounds
{
    private readonly RoundPlayer _player = new(pair.Environment, pair.Truth, pair.Agent);

    /// <inheritdoc cref="RoundPlayer.MeasureOracle"/>
    public bool MeasureOracle { init => _player.MeasureOracle = value; }

    /// <inheritdoc cref="RoundPlayer.Responded"/>
    public Action<Feedback>? Responded { init => _player.Responded = value; }

    public long Iteration => pair.Environment.Iteration;

    public RoundFigures Play(long last) => _player.Play(pair.Learn);

    public Bounds Bounds(long seed) => Evaluation.Bounds.Of(pair.Environment, pair.Truth, Iteration, seed);

    public EvaluationResult Evaluate(RecommendationMode mode, long seed, Bounds? bounds = null) =>
        Evaluator.Evaluate(pair.Environment, pair.Truth, pair.Agent, mode, seed, bounds);
}
