using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Adam (Kingma and Ba 2015, algorithm 1) on one flat tensor: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − lr · m̂ / (√v̂ + ε).</summary>
/// <remarks>A step is seven tensor operations for a whole network, and its state can be saved; the library's own makes about ten calls for
/// each parameter tensor.</remarks>
internal sealed class Adam : IDisposable
{
    private const double FirstDecay = 0.9;
    private const double SecondDecay = 0.999;
    private const double Epsilon = 1e-8;

    private readonly double _learningRate;
    private readonly double _weightDecay;
    private readonly Tensor _first;
    private readonly Tensor _second;
    private long _step;

    /// <param name="weightDecay">λ, decoupled from the gradient: w ← (1 − lr · λ)·w before each step (Loshchilov and Hutter 2019). At least 0, and lr · λ at most 1.</param>
    public Adam(ParameterBlock block, double learningRate, double weightDecay = 0)
    {
        _learningRate = learningRate;
        _weightDecay = weightDecay;
        _first = zeros_like(block.Values).DetachFromDisposeScope();
        _second = zeros_like(block.Values).DetachFromDisposeScope();
    }

    /// <summary>Moves the block's values one step against the gradient of a loss.</summary>
    public void Minimise(Tensor loss, ParameterBlock block)
    {
        using var gradient = block.Gradient(loss);
        Step(block.Values, gradient);
    }

    /// <param name="values">[P], changed in place.</param>
    /// <param name="gradient">[P].</param>
    /// <param name="share">Of the learning rate, in (0, 1], for rates that fall.</param>
    public void Step(Tensor values, Tensor gradient, double share = 1)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        _step++;
        _first.mul_(FirstDecay).add_(gradient, alpha: 1 - FirstDecay);
        _second.mul_(SecondDecay).addcmul_(gradient, gradient, 1 - SecondDecay);
        var scale = _second.sqrt().div_(Math.Sqrt(1 - Math.Pow(SecondDecay, _step))).add_(Epsilon);
        if (_weightDecay > 0)
            values.mul_(1 - (_learningRate * share * _weightDecay));
        values.addcdiv_(_first, scale, -_learningRate * share / (1 - Math.Pow(FirstDecay, _step)));
    }

    /// <summary>Forgets every step.</summary>
    public void Reset()
    {
        using var noGradient = no_grad();
        _first.zero_();
        _second.zero_();
        _step = 0;
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("firstMoment", _first);
        writer.Write("secondMoment", _second);
        writer.Write("step", _step);
    }

    public void Load(IStateReader reader)
    {
        reader.ReadInto("firstMoment", _first);
        reader.ReadInto("secondMoment", _second);
        _step = reader.ReadCount("step");
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }
}
