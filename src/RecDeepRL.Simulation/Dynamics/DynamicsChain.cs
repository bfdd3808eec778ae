using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Dynamics;

/// <summary>The dynamics of an environment as one: each part adjusts what the part before it made of the appeal, and users leave as soon as one part says so.</summary>
internal sealed class DynamicsChain : IDisposable
{
    private readonly IReadOnlyList<IUserDynamics> _parts;
    private readonly string[] _names;

    /// <param name="parts">In the order in which they adjust the appeal. Ownership passes to the chain.</param>
    public DynamicsChain(IReadOnlyList<IUserDynamics> parts)
    {
        _parts = parts;
        _names = [.. parts.Select((part, index) => NumberedName(part.Name, parts.Take(index).Count(earlier => earlier.Name == part.Name)))];
    }

    /// <summary>Whether there are no parts: users then stay as they are.</summary>
    public bool IsEmpty => _parts.Count == 0;

    /// <summary>The appeal to users as they are now.</summary>
    /// <param name="appeal">[B, K] float32, without dynamics. Borrowed.</param>
    /// <returns>[B, K] float32; <paramref name="appeal"/> itself where no part changes it.</returns>
    public Tensor Adjust(Tensor appeal, Tensor userIds, Tensor items)
    {
        var result = appeal;
        foreach (var part in _parts)
        {
            if (part.Adjust(result, userIds, items) is not { } adjusted)
                continue;
            if (!ReferenceEquals(result, appeal))
                result.Dispose();
            result = adjusted;
        }
        return result;
    }

    /// <summary>Moves users on by a round and judges who leaves.</summary>
    /// <param name="coins">Draws of this round by the name of a part: [B] uniforms in [0, 1).</param>
    /// <param name="reasons">How many leave for each part, by its name; only parts that make somebody leave.</param>
    /// <returns>[B] bool, or none where nobody ever leaves. The caller disposes.</returns>
    public Tensor? Advance(Tensor userIds, Tensor slates, Tensor responses, Tensor rested, Tensor appeal, Func<string, Tensor> coins, out IReadOnlyDictionary<string, long> reasons)
    {
        using var scope = NewDisposeScope();
        var rounds = _names.Select(name => new DynamicsRound(userIds, slates, responses, rested, appeal, () => coins(name))).ToArray();
        foreach (var (part, own) in _parts.Zip(rounds))
            part.Advance(own);
        Tensor? leaving = null;
        var counts = new Dictionary<string, long>();
        foreach (var (part, own, name) in _parts.Zip(rounds, _names))
        {
            if (part.Leaving(own) is not { } more)
                continue;
            if (more.sum().item<long>() is > 0 and var count)
                counts[name] = count;
            leaving = leaving is null ? more : leaving.logical_or_(more);
        }
        reasons = counts;
        return leaving?.MoveToOuterDisposeScope();
    }

    /// <summary>How users are, by the name of the part that tells. The caller disposes.</summary>
    /// <returns>[U] float32 each.</returns>
    public IReadOnlyList<(string Name, Tensor Values)> Describe() =>
        [.. _parts.Zip(_names).Select(pair => (Name: pair.Second, Values: pair.First.Describe())).Where(pair => pair.Values is not null).Select(pair => (pair.Name, pair.Values!))];

    public void Rest(Tensor userIds)
    {
        foreach (var part in _parts)
            part.Rest(userIds);
    }

    public void Return(Tensor userIds)
    {
        foreach (var part in _parts)
            part.Return(userIds);
    }

    public void Restart(Tensor userIds)
    {
        foreach (var part in _parts)
            part.Restart(userIds);
    }

    /// <summary>The sum of the parts' burdens.</summary>
    /// <returns>[B, N] float32, or none where showing an item costs nothing. The caller disposes.</returns>
    public Tensor? Burden(Tensor userIds, Tensor rested, Tensor appeal)
    {
        using var scope = NewDisposeScope();
        Tensor? sum = null;
        foreach (var part in _parts)
        {
            if (part.Burden(userIds, rested, appeal) is { } more)
                sum = sum is null ? more : sum.add_(more);
        }
        return sum?.MoveToOuterDisposeScope();
    }

    /// <summary>The same parts with every user at the beginning.</summary>
    public DynamicsChain Fresh() => new([.. _parts.Select(part => part.Fresh())]);

    public void Save(IStateWriter writer)
    {
        foreach (var (part, name) in _parts.Zip(_names))
            part.Save(writer.Under(name));
    }

    public void Load(IStateReader reader)
    {
        foreach (var (part, name) in _parts.Zip(_names))
            part.Load(reader.Under(name));
    }

    public void Dispose()
    {
        foreach (var part in _parts)
            part.Dispose();
    }

    /// <summary>Parts of one kind draw apart and are saved apart: the second is called <c>satiation-2</c>.</summary>
    private static string NumberedName(string name, int earlier) => earlier == 0 ? name : $"{name}-{earlier + 1}";
}
