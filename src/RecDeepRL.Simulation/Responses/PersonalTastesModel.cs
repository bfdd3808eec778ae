using RecDeepRL.Core;
using RecDeepRL.Data.Synthetic;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Responses;

/// <summary>The built-in population of personal tastes without a table of its pairs: probabilities are computed from the factors when they are asked for.</summary>
/// <remarks>On the CPU the same numbers as the table, bit for bit; elsewhere up to rounding.</remarks>
internal sealed class PersonalTastesModel : IResponseModel
{
    private readonly PersonalTastes _tastes;
    private readonly (Tensor Factors, Tensor Dividing)? _onDevice;

    public PersonalTastesModel(PersonalTastes tastes, Device device)
    {
        _tastes = tastes;
        if (device.type == TorchSharp.DeviceType.CPU)
            return;
        var (factors, dividing) = tastes.ToTensors(device);
        _onDevice = (factors.DetachFromDisposeScope(), dividing.DetachFromDisposeScope());
    }

    public bool IsStationary => true;

    public Tensor Probabilities(Tensor userIds, Tensor items, long iteration)
    {
        if (_onDevice is { } held)
            return _tastes.ByTensorOperations(held, userIds, items);
        using var scope = NewDisposeScope();
        var (userRows, itemRows, result) = (userIds.contiguous(), items.contiguous(), empty(items.shape, ScalarType.Float32));
        var (users, slots, probabilities, slotCount) = (new TensorMemory<long>(userRows), new TensorMemory<long>(itemRows), new TensorMemory<float>(result), (int)items.size(1));
        UserSlices.ForEachInOnePass(items.size(0), (slotCount + 1L) * _tastes.Rank, (first, count) =>
        {
            for (var user = first; user < first + count; user++)
                _tastes.Fill(users[user], slots.Slice(user * slotCount, slotCount), probabilities.Slice(user * slotCount, slotCount));
        });
        return result.MoveToOuterDisposeScope();
    }

    public Tensor Probabilities(Tensor userIds, long iteration)
    {
        if (_onDevice is { } held)
            return _tastes.ByTensorOperations(held, userIds, null);
        using var scope = NewDisposeScope();
        var (userRows, itemCount) = (userIds.contiguous(), _tastes.ItemCount);
        var result = empty([userIds.size(0), itemCount], ScalarType.Float32);
        var (users, probabilities) = (new TensorMemory<long>(userRows), new TensorMemory<float>(result));
        UserSlices.ForEachInOnePass(userIds.size(0), (long)itemCount * _tastes.Rank, (first, count) =>
        {
            for (var user = first; user < first + count; user++)
                _tastes.Fill(users[user], probabilities.Slice(user * itemCount, itemCount));
        });
        return result.MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _onDevice?.Factors.Dispose();
        _onDevice?.Dividing.Dispose();
    }
}
