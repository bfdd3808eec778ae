using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>How often each item was shown, and the sum of the responses to it: all that a bandit without context remembers.</summary>
internal sealed class ItemStatistics : IDisposable
{
    public ItemStatistics(EnvironmentSpec spec)
    {
        Shown = zeros([spec.ItemCount], ScalarType.Float64, spec.Device).DetachFromDisposeScope();
        Responses = zeros([spec.ItemCount], ScalarType.Float64, spec.Device).DetachFromDisposeScope();
    }

    /// <summary>[N] float64, how often each item was shown.</summary>
    public Tensor Shown { get; }

    /// <summary>[N] float64, the sum of the responses to each item.</summary>
    public Tensor Responses { get; }

    public void Add(Feedback feedback)
    {
        using var scope = NewDisposeScope();
        var items = feedback.Slates.reshape(-1);
        Shown.index_add_(0, items, ones_like(items, ScalarType.Float64), 1);
        Responses.index_add_(0, items, feedback.Responses.to_type(ScalarType.Float64).reshape(-1), 1);
    }

    /// <summary>The mean response to each item.</summary>
    /// <returns>[N] float64; −∞ for an item never shown, so that it ranks behind every item that was.</returns>
    public Tensor Means()
    {
        using var scope = NewDisposeScope();
        return WithoutUnseen(Responses / Shown).MoveToOuterDisposeScope();
    }

    /// <summary>Puts items never shown behind all others: what an exploiting agent does with estimates that rest on nothing.</summary>
    /// <param name="scores">[N] or [B, N] float64.</param>
    public Tensor WithoutUnseen(Tensor scores)
    {
        using var scope = NewDisposeScope();
        return scores.masked_fill(Shown.eq(0), double.NegativeInfinity).MoveToOuterDisposeScope();
    }

    /// <summary><c>items_shown</c>, how many items were ever shown, and <c>best_mean</c>, the highest mean response among them.</summary>
    public IReadOnlyDictionary<string, double> Diagnose()
    {
        using var scope = NewDisposeScope();
        var figures = stack([Shown.gt(0).sum(ScalarType.Float64), Means().max()]).cpu().data<double>();
        return figures[0] == 0
            ? new Dictionary<string, double> { ["items_shown"] = 0 }
            : new Dictionary<string, double> { ["items_shown"] = figures[0], ["best_mean"] = figures[1] };
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("shown", Shown);
        writer.Write("responses", Responses);
    }

    public void Load(IStateReader reader)
    {
        reader.ReadInto("shown", Shown);
        reader.ReadInto("responses", Responses);
    }

    public void Dispose()
    {
        Shown.Dispose();
        Responses.Dispose();
    }
}
