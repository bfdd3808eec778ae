using System.Text.Json;
using RecDeepRL.Cluster.Shards;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Training;
using static TorchSharp.torch;

namespace RecDeepRL.Cluster.Cells;

/// <summary>A checkpoint of a run as text, on its way between worker and client: the bytes of a state (<see cref="StateBytes"/>), of which one tensor is the rest as JSON, in base 64.</summary>
internal static class CellCheckpointText
{
    private const string HeadName = "head";
    private const string StatePrefix = "state.";

    private sealed record Head(TrainingTotals Totals, IReadOnlyList<ComparisonRound> Rounds, IReadOnlyDictionary<string, IReadOnlyList<double>> Diagnostics, double WallSeconds);

    /// <summary>About how long the text is.</summary>
    public static long LengthOf(CellCheckpoint checkpoint) => checkpoint.State.Tensors.Values.Sum(value => value.numel() * value.element_size()) / 3 * 4;

    public static string Write(CellCheckpoint checkpoint)
    {
        using var scope = NewDisposeScope();
        using var state = new SavedState();
        state.Write(HeadName, tensor(JsonSerializer.SerializeToUtf8Bytes(new Head(checkpoint.Totals, checkpoint.Rounds, checkpoint.Diagnostics, checkpoint.WallSeconds), WireJson.Options)));
        foreach (var (name, value) in checkpoint.State.Tensors)
            state.Add(StatePrefix + name, value.alias());
        foreach (var (name, value) in checkpoint.State.Counters)
            state.Write(StatePrefix + name, value);
        return Convert.ToBase64String(StateBytes.Write(state));
    }

    /// <param name="source">Where the text comes from, for messages.</param>
    /// <returns>The caller disposes.</returns>
    /// <exception cref="UserMistakeException">It is no checkpoint.</exception>
    public static CellCheckpoint Read(string text, string source)
    {
        try
        {
            using var read = StateBytes.Read(Convert.FromBase64String(text), source);
            using var bytes = read.ReadTensor(HeadName);
            var head = JsonSerializer.Deserialize<Head>(bytes.bytes, WireJson.Options) ?? throw new JsonException("It is null.");
            var state = new SavedState(source);
            foreach (var (name, value) in read.Tensors.Where(one => one.Key.StartsWith(StatePrefix, StringComparison.Ordinal)))
                state.Add(name[StatePrefix.Length..], value.alias());
            foreach (var (name, value) in read.Counters.Where(one => one.Key.StartsWith(StatePrefix, StringComparison.Ordinal)))
                state.Write(name[StatePrefix.Length..], value);
            return new CellCheckpoint(head.Totals, head.Rounds, head.Diagnostics, head.WallSeconds, state);
        }
        catch (Exception fault) when (fault is FormatException || (StrictJson.IsDamage(fault) && fault is not UserMistakeException))
        {
            throw new UserMistakeException($"{source} is no checkpoint of a run: {fault.Message.ReplaceLineEndings(" ")} Use the same build of the program everywhere.", fault);
        }
    }
}
