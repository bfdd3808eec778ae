using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RecDeepRL.Core;
using RecDeepRL.Core.State;
using TorchSharp;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Adam (Kingma and Ba 2015, algorithm 1) on one flat tensor: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − lr · m̂ / (√v̂ + ε).</summary>
/// <remarks>A step is seven tensor operations for a whole network, on the CPU a single pass over memory, and its state can be saved; the library's own makes
/// about ten calls for each parameter tensor.</remarks>
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

    /// <summary>Whether steps are tensor operations on the CPU too: what the pass over memory must equal.</summary>
    public bool ByTensorOperations { get; init; }

    /// <summary>Others that step along, each with a gradient of its own rows; none for a learner that is alone.</summary>
    public SharedLearning? Shared { get; init; }

    /// <summary>Moves the block's values one step against the gradient of a loss.</summary>
    public void Minimise(Tensor loss, ParameterBlock block)
    {
        using var gradient = block.Gradient(loss);
        Step(block.Values, gradient);
    }

    /// <param name="values">[P] float32, contiguous, changed in place.</param>
    /// <param name="gradient">[P] float32.</param>
    /// <param name="share">Of the learning rate, in (0, 1], for rates that fall.</param>
    public void Step(Tensor values, Tensor gradient, double share = 1)
    {
        using var merged = Shared?.Merge(gradient);
        gradient = merged ?? gradient;
        _step++;
        if (values.device_type == DeviceType.CPU && !ByTensorOperations)
            StepInOnePass(values, gradient, share);
        else
            StepByTensorOperations(values, gradient, share);
    }

    private void StepByTensorOperations(Tensor values, Tensor gradient, double share)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        _first.mul_(FirstDecay).add_(gradient, alpha: 1 - FirstDecay);
        _second.mul_(SecondDecay).addcmul_(gradient, gradient, 1 - SecondDecay);
        var scale = _second.sqrt().div_(SecondCorrection).add_(Epsilon);
        if (_weightDecay > 0)
            values.mul_(Kept(share));
        values.addcdiv_(_first, scale, -Length(share));
    }

    private void StepInOnePass(Tensor values, Tensor gradient, double share)
    {
        using var scope = NewDisposeScope();
        var slopes = gradient.contiguous();
        var pass = new Pass(new(values), new(slopes), new(_first), new(_second), (float)SecondCorrection, (float)Kept(share), (float)-Length(share));
        UserSlices.ForEachInOnePass(values.size(0), 1, pass.Run);
        GC.KeepAlive(slopes);
    }

    /// <summary>What the root of the second moment is divided by, as it started at 0.</summary>
    private double SecondCorrection => Math.Sqrt(1 - Math.Pow(SecondDecay, _step));

    /// <summary>What decay leaves of a value.</summary>
    private double Kept(double share) => 1 - (_learningRate * share * _weightDecay);

    /// <summary>The learning rate over what the first moment is too small by, as it started at 0.</summary>
    private double Length(double share) => _learningRate * share / (1 - Math.Pow(FirstDecay, _step));

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

    private sealed record Pass(
        TensorMemory<float> Values, TensorMemory<float> Gradient, TensorMemory<float> First, TensorMemory<float> Second, float SecondCorrection, float Kept, float Length)
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(long start, int count)
        {
            var values = Values.Slice(start, count);
            var gradient = Gradient.Slice(start, count);
            var first = First.Slice(start, count);
            var second = Second.Slice(start, count);
            var wide = count - (count % Vector<float>.Count);
            var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
            var gradients = MemoryMarshal.Cast<float, Vector<float>>(gradient);
            var firsts = MemoryMarshal.Cast<float, Vector<float>>(first);
            var seconds = MemoryMarshal.Cast<float, Vector<float>>(second);
            var (correction, epsilon, kept, length) = (new Vector<float>(SecondCorrection), new Vector<float>((float)Epsilon), new Vector<float>(Kept), new Vector<float>(Length));
            var (firstDecay, firstShare) = (new Vector<float>((float)FirstDecay), new Vector<float>((float)(1 - FirstDecay)));
            var (secondDecay, secondShare) = (new Vector<float>((float)SecondDecay), new Vector<float>((float)(1 - SecondDecay)));
            for (var place = 0; place < vectors.Length; place++)
            {
                var slope = gradients[place];
                var mean = Vector.FusedMultiplyAdd(slope, firstShare, firsts[place] * firstDecay);
                var square = (seconds[place] * secondDecay) + (secondShare * slope * slope);
                (firsts[place], seconds[place]) = (mean, square);
                vectors[place] = (vectors[place] * kept) + (length * mean / ((Vector.SquareRoot(square) / correction) + epsilon));
            }
            for (var place = wide; place < count; place++)
            {
                var slope = gradient[place];
                var mean = MathF.FusedMultiplyAdd(slope, (float)(1 - FirstDecay), first[place] * (float)FirstDecay);
                var square = (second[place] * (float)SecondDecay) + ((float)(1 - SecondDecay) * slope * slope);
                (first[place], second[place]) = (mean, square);
                values[place] = (values[place] * Kept) + (Length * mean / ((MathF.Sqrt(square) / SecondCorrection) + (float)Epsilon));
            }
        }
    }
}
