using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Contextual;

/// <summary>The latest responses, one row for each shown item, oldest first: the item, the input, and the answer. R rows, inputs of width W.</summary>
internal sealed class RecentRows(int width, Device device) : IDisposable
{
    /// <summary>[R] int64. Borrowed by whoever reads it, as are the others.</summary>
    public Tensor Items { get; private set; } = zeros([0], ScalarType.Int64, device).DetachFromDisposeScope();

    /// <summary>[R, W] float64.</summary>
    public Tensor Inputs { get; private set; } = zeros([0, width], ScalarType.Float64, device).DetachFromDisposeScope();

    /// <summary>[R] float64.</summary>
    public Tensor Responses { get; private set; } = zeros([0], ScalarType.Float64, device).DetachFromDisposeScope();

    /// <summary>R.</summary>
    public long Count => Items.size(0);

    /// <param name="inputs">[B, W] float64.</param>
    /// <param name="slates">[B, K] int64.</param>
    /// <param name="responses">[B, K] float.</param>
    public void Add(Tensor inputs, Tensor slates, Tensor responses)
    {
        using var scope = NewDisposeScope();
        var slots = slates.size(1);
        Replace(
            cat([Items, slates.reshape(-1)]),
            cat([Inputs, inputs.repeat_interleave(slots, 0)]),
            cat([Responses, responses.reshape(-1).to_type(ScalarType.Float64)]));
    }

    /// <summary>Forgets the oldest rows, as many as are too many.</summary>
    /// <param name="capacity">Rows that may stay.</param>
    public void Trim(long capacity)
    {
        using var scope = NewDisposeScope();
        if (Count > capacity)
            Replace(Latest(Items, capacity), Latest(Inputs, capacity), Latest(Responses, capacity));
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("items", Items);
        writer.Write("inputs", Inputs);
        writer.Write("responses", Responses);
    }

    public void Load(IStateReader reader)
    {
        using var scope = NewDisposeScope();
        var inputs = reader.ReadTensor("inputs");
        Guard.Shape(inputs, "inputs", "rows, width", -1, width);
        Replace(reader.ReadTensor("items").to(device), inputs.to(device), reader.ReadTensor("responses").to(device));
    }

    public void Dispose()
    {
        Items.Dispose();
        Inputs.Dispose();
        Responses.Dispose();
    }

    private static Tensor Latest(Tensor column, long count) => column.narrow(0, column.size(0) - count, count).clone();

    private void Replace(Tensor items, Tensor inputs, Tensor responses)
    {
        Dispose();
        Items = items.DetachFromDisposeScope();
        Inputs = inputs.DetachFromDisposeScope();
        Responses = responses.DetachFromDisposeScope();
    }
}
