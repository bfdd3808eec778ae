using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Collaborative;

/// <summary>Adam (Kingma and Ba 2015, algorithm 1) on the rows of a table of which a step may touch only some: each row counts its own steps, and rows
/// left out do not move. R rows of W numbers.</summary>
internal sealed class RowAdam : IDisposable
{
    private const double FirstDecay = 0.9;
    private const double SecondDecay = 0.999;
    private const double Epsilon = 1e-8;

    private readonly double _learningRate;
    private readonly Tensor _first;
    private readonly Tensor _second;
    private readonly Tensor _steps;

    /// <param name="values">[R, W] float32, the table that will be moved.</param>
    public RowAdam(Tensor values, double learningRate)
    {
        _learningRate = learningRate;
        _first = zeros_like(values).DetachFromDisposeScope();
        _second = zeros_like(values).DetachFromDisposeScope();
        _steps = zeros([values.size(0), 1], ScalarType.Float32, values.device).DetachFromDisposeScope();
    }

    /// <param name="values">[R, W], changed in place.</param>
    /// <param name="gradient">[R, W], or [B, W] for the rows given.</param>
    /// <param name="rows">[B] int64, distinct, or none for all.</param>
    public void Step(Tensor values, Tensor gradient, Tensor? rows)
    {
        using var scope = NewDisposeScope();
        if (rows is null)
        {
            values.sub_(Move(_first, _second, _steps, gradient));
            return;
        }
        var (first, second, steps) = (_first.index_select(0, rows), _second.index_select(0, rows), _steps.index_select(0, rows));
        values.index_add_(0, rows, Move(first, second, steps, gradient), -1);
        _first.index_copy_(0, rows, first);
        _second.index_copy_(0, rows, second);
        _steps.index_copy_(0, rows, steps);
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("firstMoment", _first);
        writer.Write("secondMoment", _second);
        writer.Write("steps", _steps);
    }

    public void Load(IStateReader reader)
    {
        reader.ReadInto("firstMoment", _first);
        reader.ReadInto("secondMoment", _second);
        reader.ReadInto("steps", _steps);
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _steps.Dispose();
    }

    private Tensor Move(Tensor first, Tensor second, Tensor steps, Tensor gradient)
    {
        steps.add_(1);
        first.mul_(FirstDecay).add_(gradient, alpha: 1 - FirstDecay);
        second.mul_(SecondDecay).addcmul_(gradient, gradient, 1 - SecondDecay);
        var firstScale = (steps * Math.Log(FirstDecay)).exp_().neg_().add_(1);
        var secondScale = (steps * Math.Log(SecondDecay)).expm1_().neg_();
        return (first / firstScale).mul_(_learningRate).div_((second / secondScale).sqrt_().add_(Epsilon));
    }
}
