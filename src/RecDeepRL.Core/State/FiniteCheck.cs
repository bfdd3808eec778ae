using static TorchSharp.torch;

namespace RecDeepRL.Core.State;

/// <summary>Looks through a state for NaN and infinities, keeping none of it: write the state, then ask. Waits for the device once, when asked.</summary>
/// <param name="owner">Whose state it is, for the message.</param>
public sealed class FiniteCheck(string owner) : IStateWriter, IDisposable
{
    private readonly List<(string Name, Tensor IsFinite)> _seen = [];

    public void Write(string name, Tensor value)
    {
        if (!value.is_floating_point())
            return;
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        _seen.Add((name, value.isfinite().all().DetachFromDisposeScope()));
    }

    public void Write(string name, long value)
    {
    }

    /// <exception cref="ArithmeticException">A tensor holds NaN or an infinity; the message names it.</exception>
    public void Require()
    {
        if (_seen.Count == 0)
            return;
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var finite = stack([.. _seen.Select(one => one.IsFinite.to(_seen[0].IsFinite.device))]).cpu().data<bool>().ToArray();
        var broken = _seen.Where((_, place) => !finite[place]).Select(one => one.Name).ToList();
        if (broken.Count > 0)
            throw new ArithmeticException($"{owner}: {broken[0]} holds NaN or an infinity{(broken.Count == 1 ? "" : $", and so do {broken.Count - 1} other tensors")}.");
    }

    public void Dispose()
    {
        foreach (var (_, isFinite) in _seen)
            isFinite.Dispose();
        _seen.Clear();
    }
}
