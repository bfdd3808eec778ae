using RecDeepRL.Agents.Collaborative;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Collaborative;

public sealed class CandidatePoolTests
{
    private static readonly RandomStream Ties = new(1, "ties");

    [Fact]
    public void TheBetterHalfIsKeptAtEachCutDownToTheSmallestSize()
    {
        using var scope = NewDisposeScope();
        using var pool = new CandidatePool(Toy.Spec(4, 10, 2), 3, 2, Ties);
        var scores = arange(10, ScalarType.Float64);
        Assert.False(pool.IsCutDue);
        Play(pool, 4); // 8 responses of 4 users: 2 each.
        Assert.True(pool.IsCutDue);
        pool.Cut(scores);
        Assert.Equal([5, 6, 7, 8, 9], pool.Ids().data<long>().ToArray());
        Assert.False(pool.IsCutDue);
        Play(pool, 2);
        Assert.False(pool.IsCutDue);
        Play(pool, 2);
        Assert.True(pool.IsCutDue);
        pool.Cut(scores.neg()); // The best of the remaining, although items cut before score higher.
        Assert.Equal([5, 6, 7], pool.Ids().data<long>().ToArray());
        Assert.True(pool.IsFinal);
        Play(pool, 40);
        Assert.False(pool.IsCutDue);
    }

    [Fact]
    public void AtOnceMeansAfterTheFirstRound()
    {
        using var scope = NewDisposeScope();
        using var pool = new CandidatePool(Toy.Spec(4, 10, 2), 3, 0, Ties);
        Assert.False(pool.IsCutDue);
        Play(pool, 1);
        Assert.True(pool.IsCutDue);
        pool.Cut(arange(10, ScalarType.Float64));
        Assert.Equal([7, 8, 9], pool.Ids().data<long>().ToArray());
    }

    [Fact]
    public void APoolIsNeverSmallerThanASlateNorCutWhereItHasToHoldEverything()
    {
        using var scope = NewDisposeScope();
        using var narrow = new CandidatePool(Toy.Spec(4, 10, 6), 3, 0, Ties);
        Play(narrow, 1);
        narrow.Cut(zeros(10));
        Assert.Equal(6, narrow.Size);
        Assert.True(narrow.IsFinal);
        using var wide = new CandidatePool(Toy.Spec(4, 10, 6), 50, 0, Ties);
        Play(wide, 9);
        Assert.True(wide.IsFinal);
        Assert.False(wide.IsCutDue);
    }

    [Fact]
    public void ItemsTiedAreKeptByLuckAndNotByTheirIds()
    {
        // Half of 400 items, all tied, are kept. Of the first 200, a hypergeometric number: mean 100, variance 200 · ½ · ½ · 200/399 = 25.06, 4σ = 20.
        using var scope = NewDisposeScope();
        using var pool = new CandidatePool(Toy.Spec(1, 400, 1), 1, 1, Ties);
        Play(pool, 1);
        pool.Cut(zeros(400));
        Assert.Equal(200, pool.Size);
        Assert.InRange(pool.Members.narrow(0, 0, 200).sum().item<long>(), 80, 120);
    }

    [Fact]
    public void APoolMayBeginWithARandomChoiceAndWaitLongerForItsFirstCut()
    {
        using var scope = NewDisposeScope();
        using var pool = new CandidatePool(Toy.Spec(4, 400, 2), 50, 2, Ties, 200, 6);
        Assert.Equal(200, pool.Members.sum().item<long>());
        Assert.InRange(pool.Members.narrow(0, 0, 200).sum().item<long>(), 80, 120); // By luck, as above.
        using var other = new CandidatePool(Toy.Spec(4, 400, 2), 50, 2, new RandomStream(2, "ties"), 200, 6);
        Assert.NotEqual(pool.Ids().data<long>().ToArray(), other.Ids().data<long>().ToArray());
        Play(pool, 11);
        Assert.False(pool.IsCutDue); // 22 responses of 4 users.
        Play(pool, 1);
        Assert.True(pool.IsCutDue);
        pool.Cut(arange(400, ScalarType.Float64));
        Assert.Equal(100, pool.Size);
        Play(pool, 3);
        Assert.False(pool.IsCutDue);
        Play(pool, 1);
        Assert.True(pool.IsCutDue);
    }

    [Fact]
    public void OnlyMembersKeepTheirScores()
    {
        using var scope = NewDisposeScope();
        using var pool = new CandidatePool(Toy.Spec(2, 3, 1), 2, 0, Ties);
        Play(pool, 1);
        pool.Cut(tensor(new[] { 1.0, 0.0, 2.0 }));
        Assert.Equal([.5f, float.NegativeInfinity, .7f, .1f, float.NegativeInfinity, .3f], pool.Restrict(tensor(new[,] { { .5f, .6f, .7f }, { .1f, .2f, .3f } })).data<float>().ToArray());
    }

    private static void Play(CandidatePool pool, int users) =>
        pool.Count(Toy.Feedback(Toy.Observe(users), zeros([users, 2], ScalarType.Int64), zeros(users, 2)));
}
