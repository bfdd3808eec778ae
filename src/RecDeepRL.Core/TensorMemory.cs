using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace RecDeepRL.Core;

/// <summary>The numbers of a contiguous tensor on the CPU where they lie, in row-major order: for loops in C# that pass over them once.</summary>
/// <remarks>Spans end at 2³¹ bytes and cannot be captured by the delegates of several threads; this does neither. It keeps no reference to the tensor,
/// which has to outlive it.</remarks>
/// <typeparam name="T"><see cref="long"/> for int64, <see cref="float"/> for float32, <see cref="bool"/> for bool.</typeparam>
public readonly unsafe struct TensorMemory<T>
    where T : unmanaged
{
    private readonly T* _first;

    /// <exception cref="ArgumentException">The tensor is of another type, on another device, or not contiguous.</exception>
    public TensorMemory(Tensor tensor)
    {
        var expected = typeof(T) == typeof(long) ? ScalarType.Int64 : typeof(T) == typeof(bool) ? ScalarType.Bool : ScalarType.Float32;
        if (tensor.dtype != expected || tensor.device_type != TorchSharp.DeviceType.CPU || !tensor.is_contiguous())
            throw new ArgumentException($"the tensor is {tensor.dtype} on {tensor.device}{(tensor.is_contiguous() ? "" : ", not contiguous")}; expected {expected} on the CPU, contiguous.", nameof(tensor));
        Length = tensor.numel();
        if (Length == 0)
            return;
        if (Length <= int.MaxValue / sizeof(T))
        {
            _first = (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
            return;
        }
        // The span of a whole tensor of more than 2 GiB would be refused; its first number is enough to know the place.
        using var flat = tensor.view(-1);
        using var first = flat.narrow(0, 0, 1);
        _first = (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }

    /// <summary>How many numbers there are.</summary>
    public long Length { get; }

    /// <exception cref="ArgumentOutOfRangeException">Not from 0 to <see cref="Length"/> − 1.</exception>
    public T this[long index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((ulong)index >= (ulong)Length)
                throw Outside(index, 1);
            return _first[index];
        }
    }

    /// <exception cref="ArgumentOutOfRangeException">Some of it lies outside.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<T> Slice(long start, int count)
    {
        if ((ulong)start > (ulong)Length || (ulong)count > (ulong)(Length - start))
            throw Outside(start, count);
        return new Span<T>(_first + start, count);
    }

    /// <summary>Asks for a number to be brought near, so that reading it later need not wait. It may lie anywhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(long index)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(_first + index);
    }

    private ArgumentOutOfRangeException Outside(long start, int count) =>
        new(nameof(start), $"{count} numbers from {start} on are not within the {Length} of the tensor.");
}
