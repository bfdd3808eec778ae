using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Collaborative;

/// <summary>Agents whose model is one matrix W between items: p̂ = m + xᵤW, with the user's row xᵤ and an offset mᵢ for each item.</summary>
/// <remarks>With residuals, m is the item's mean response and x = (s − n·m)/(n + κ), where n showings to the user brought responses of sum s;
/// with answers, m = 0 and x = 1 where s &gt; 0.</remarks>
internal abstract class ItemModelAgent : CollaborativeAgent, IHasItemEmbeddings
{
    private readonly ItemModelOptions _options;
    private readonly Tensor _offset;

    protected ItemModelAgent(AgentContext context, string name, ItemModelOptions options)
        : base(context, name, options)
    {
        var (items, device) = (context.Spec.ItemCount, context.Spec.Device);
        _options = options;
        _offset = zeros([items], ScalarType.Float64, device).DetachFromDisposeScope();
        Weights = zeros([items, items], ScalarType.Float64, device).DetachFromDisposeScope();
    }

    /// <summary>[N, N] float64, W: column i tells what an item's residual adds to the estimate of item i.</summary>
    internal Tensor Weights { get; }

    /// <summary>Two items are alike where other items tell the same of them: the columns of W.</summary>
    public Tensor ItemEmbeddings()
    {
        using var scope = NewDisposeScope();
        return Weights.t().to_type(ScalarType.Float32).contiguous().MoveToOuterDisposeScope();
    }

    public override void Save(IStateWriter writer)
    {
        base.Save(writer);
        writer.Write("weights", Weights);
        writer.Write("offset", _offset);
    }

    public override void Load(IStateReader reader)
    {
        base.Load(reader);
        reader.ReadInto("weights", Weights);
        reader.ReadInto("offset", _offset);
    }

    public override void Dispose()
    {
        base.Dispose();
        Weights.Dispose();
        _offset.Dispose();
    }

    /// <summary>Finds <see cref="Weights"/> anew.</summary>
    /// <param name="rows">[U, N] float32, every user's row.</param>
    protected abstract void Fit(Tensor rows);

    protected override void Fit()
    {
        using var scope = NewDisposeScope();
        if (_options.Rows == RowForm.Residuals)
            _offset.copy_(Pairs.ItemMeans(MeanShrinkage));
        Fit(Rows(Pairs.Shown, Pairs.Responses));
    }

    protected override Tensor Model(Tensor users)
    {
        using var scope = NewDisposeScope();
        var shown = Of(Pairs.Shown, users);
        return Predict(Rows(shown, Of(Pairs.Responses, users)), shown).add_(_offset).MoveToOuterDisposeScope();
    }

    /// <param name="rows">[B, N] float64.</param>
    /// <param name="shown">[B, N] float64, how often each item was shown to each of the users.</param>
    /// <returns>[B, N] float64, what the rows add to the offset.</returns>
    protected virtual Tensor Predict(Tensor rows, Tensor shown) => rows.matmul(Weights);

    private Tensor Rows(Tensor shown, Tensor responses)
    {
        if (_options.Rows == RowForm.Answers)
            return responses.gt(0).to_type(responses.dtype);
        // Where an item was never shown, 0 / κ, or 0 / 0 where κ is 0.
        return (responses - (shown * _offset.to_type(shown.dtype))).div_(shown + _options.Shrinkage).nan_to_num_(0);
    }
}
