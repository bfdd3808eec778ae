using RecDeepRL.Experiments.Evaluation;
using RecDeepRL.Experiments.Training;

namespace RecDeepRL.Experiments.Comparison;

/// <summary>Keeps the rounds of one cell, and what the agent says of itself.</summary>
/// <param name="completed">Told of each round's number.</param>
internal sealed class RoundRecorder(Action<long>? completed) : IRunRecorder
{
    private readonly List<ComparisonRound> _rounds = [];
    private readonly Dictionary<string, List<double>> _diagnostics = [];

    /// <summary>Goes on from where a cell was.</summary>
    public void ContinueFrom(CellCheckpoint checkpoint)
    {
        _rounds.AddRange(checkpoint.Rounds);
        foreach (var (name, values) in checkpoint.Diagnostics)
            _diagnostics[name] = [.. values];
    }

    public IReadOnlyList<ComparisonRound> Rounds => _rounds;

    /// <summary>By name; one value per round, not a number where the agent said nothing.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double>> Diagnostics =>
        _diagnostics.ToDictionary(one => one.Key, one => (IReadOnlyList<double>)[.. one.Value, .. Enumerable.Repeat(double.NaN, _rounds.Count - one.Value.Count)]);

    public void Completed(IterationRecord iteration)
    {
        foreach (var (name, value) in iteration.Diagnostics)
        {
            if (!_diagnostics.TryGetValue(name, out var values))
                _diagnostics[name] = values = [];
            values.AddRange(Enumerable.Repeat(double.NaN, _rounds.Count - values.Count));
            values.Add(value);
        }
        _rounds.Add(new ComparisonRound(iteration.Iteration, iteration.Users, iteration.MeanResponses, iteration.MeanExpected, iteration.MeanOracle, iteration.Seconds));
        completed?.Invoke(iteration.Iteration);
    }

    public void Evaluated(EvaluationResult evaluation) { }

    public void CheckpointWritten(string folder) { }
}
