using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Means of figures such as losses since they were read last, summed on the device so that learning does not wait for it.</summary>
internal sealed class RunningMeans : IDisposable
{
    private readonly string[] _names;
    private readonly Tensor _sums;
    private long _count;

    public RunningMeans(Device device, params string[] names)
    {
        _names = names;
        _sums = zeros([names.Length], ScalarType.Float64, device).DetachFromDisposeScope();
    }

    /// <summary>Others that learn along; none for a learner that is alone.</summary>
    public SharedLearning? Shared { get; init; }

    /// <param name="figures">A scalar for each name, in their order.</param>
    public void Add(params Tensor[] figures)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        // Of several learners each counts as much as it has rows of the batch, so that the mean over them is that of the whole batch.
        var share = Shared is null ? 1 : Shared.Share * Shared.Members;
        _sums.add_(stack([.. figures.Select(figure => figure.detach())]), alpha: share);
        _count++;
    }

    /// <summary>Stops where a figure has become NaN or infinite. Waits for the device once.</summary>
    /// <exception cref="ArithmeticException">The message names the figure.</exception>
    public void RequireFinite(string agent)
    {
        using var scope = NewDisposeScope();
        var sums = _sums.cpu();
        for (var place = 0; place < _names.Length; place++)
            Guard.Finite(sums[place], $"{agent}: {_names[place]}");
    }

    /// <summary>The means, and how many figures they were taken over; starts anew.</summary>
    public Dictionary<string, double> Read()
    {
        using var scope = NewDisposeScope();
        var sums = _sums.cpu().data<double>().ToArray();
        var means = new Dictionary<string, double> { ["updates"] = _count };
        for (var place = 0; _count > 0 && place < _names.Length; place++)
            means[_names[place]] = sums[place] / _count;
        _sums.zero_();
        _count = 0;
        return means;
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("sums", _sums);
        writer.Write("count", _count);
    }

    public void Load(IStateReader reader)
    {
        reader.ReadInto("sums", _sums);
        _count = reader.ReadCount("count");
    }

    public void Dispose() => _sums.Dispose();
}
