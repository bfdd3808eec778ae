using CsCheck;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Core;

public sealed class SlateFactsTests
{
    [Fact]
    public void OnePassSeesWhatTensorOperationsSee()
    {
        // Few items make repeats likely, many make different items share a mark (4096 apart); ids may be out of any range. Both ways of the tensor operations: up to 16 slots and more.
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 40], Gen.OneOfConst(3, 50, 100_000), Gen.Bool).Sample((users, slots, items, strided) =>
        {
            using var scope = NewDisposeScope();
            var slates = randint(-2, items, [users, strided ? 2 * slots : slots], ScalarType.Int64);
            if (strided)
                slates = slates.slice(1, 0, 2 * slots, 2);
            Assert.Equal(SlateFacts.ByTensorOperations(slates), SlateFacts.Of(slates));
        }, iter: 300, threads: 1);
    }

    [Fact]
    public void ItemsThatShareAMarkAreNotARepeat()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(new SlateFacts(7, 7 + 8192, false), SlateFacts.Of(tensor(new long[,] { { 7, 7 + 4096, 7 + 8192 } })));
        Assert.Equal(new SlateFacts(7, 7 + 4096, true), SlateFacts.Of(tensor(new long[,] { { 7, 7 + 4096, 7 } })));
        // The same item in two rows is none either, nor may a row's marks hide from the next.
        Assert.False(SlateFacts.Of(tensor(new long[,] { { 1, 2 }, { 2, 1 } })).Repeats);
        Assert.True(SlateFacts.Of(tensor(new long[,] { { 1, 2 }, { 2, 2 } })).Repeats);
    }

    [Fact]
    public void ARepeatAnywhereInALargeBatchIsSeen()
    {
        using var scope = NewDisposeScope();
        var slates = arange(10, ScalarType.Int64).expand(20_000, 10).clone();
        Assert.Equal(new SlateFacts(0, 9, false), SlateFacts.Of(slates));
        foreach (var row in new[] { 0, 1637, 1638, 19_999 })
        {
            slates[row, 9] = tensor(0L);
            Assert.Equal(new SlateFacts(0, 9, true), SlateFacts.Of(slates));
            slates[row, 9] = tensor(9L);
        }
    }
}
