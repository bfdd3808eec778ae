using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Core;

public sealed class TensorMemoryTests
{
    [Fact]
    public void NumbersAreThoseOfTheTensorInRowMajorOrder()
    {
        using var scope = NewDisposeScope();
        var values = arange(12, ScalarType.Int64).reshape(3, 4);
        var memory = new TensorMemory<long>(values.narrow(0, 1, 2));
        Assert.Equal(8, memory.Length);
        Assert.Equal([6L, 7L, 8L], memory.Slice(2, 3).ToArray());
        Assert.Equal(11, memory[7]);
        memory.Slice(0, 1)[0] = 40;
        Assert.Equal(40, values[1, 0].item<long>());
        Assert.Equal(0, new TensorMemory<float>(zeros(0, 3)).Slice(0, 0).Length);
    }

    [Fact]
    public void WhatLiesOutsideIsRefused()
    {
        using var values = zeros(5);
        var memory = new TensorMemory<float>(values);
        Assert.Throws<ArgumentOutOfRangeException>(() => memory[5]);
        Assert.Throws<ArgumentOutOfRangeException>(() => memory[-1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Slice(3, 3).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Slice(-1, 1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Slice(1, -1).Length);
    }

    [Fact]
    public void ATensorThatLiesOtherwiseIsRefused()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => new TensorMemory<float>(zeros(3, 4).t()));
        Assert.Throws<ArgumentException>(() => new TensorMemory<float>(zeros(3, ScalarType.Int64)));
        Assert.Throws<ArgumentException>(() => new TensorMemory<long>(zeros(3)));
    }
}
