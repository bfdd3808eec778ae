using RecDeepRL.Core.Randomness;
using RecDeepRL.Simulation;
using RecDeepRL.Simulation.Dynamics;
using TorchSharp;
using static RecDeepRL.Tests.Simulation.SmallSessions;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation.Dynamics;

/// <summary>What <see cref="IUserDynamics"/> promises, held against every registered part.</summary>
public sealed class DynamicsContractTests
{
    private const int Users = 30;

    public static TheoryData<string> Parts => [.. DynamicsRegistry.All.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Parts))]
    public void TheAppealOfAnItemIsTheSameAloneAndAmongAll(string name)
    {
        using var scope = NewDisposeScope();
        using var population = People(Users);
        using var part = Make(name, population);
        Play(part, 3);
        var users = Ids(4, 29, 0);
        var items = Ids(5, 2, 1, 0, 3, 4).reshape(3, 2);
        var everything = arange(Items, ScalarType.Int64).expand(3, Items);
        var appeal = new RandomStream(2, "appeal").Uniform(0, everything);
        var among = part.Adjust(appeal, users, everything);
        var alone = part.Adjust(appeal.gather(1, items), users, items);
        Assert.Equal(among is null, alone is null);
        if (among is null)
            return;
        Assert.True(among.gather(1, items).allclose(alone!, 1e-6));
        Assert.True(among.ge(0).logical_and_(among.le(1)).all().item<bool>());
        Assert.False(among.SameAs(appeal), "after three rounds the appeal is still that of the beginning");
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public void OnlyTheUsersOfTheRoundChangeAndARestartUndoesIt(string name)
    {
        using var scope = NewDisposeScope();
        using var population = People(Users);
        using var part = Make(name, population);
        using var beginning = Save(part);
        part.Advance(RoundOf(Ids(3, 7), 0));
        using var after = Save(part);
        foreach (var (key, tensor) in beginning.Tensors)
        {
            var changed = tensor.ne(after.Tensors[key]).reshape(Users, -1).any(1).nonzero().squeeze(1).data<long>().ToArray();
            Assert.Equal([3L, 7L], changed);
        }
        part.Restart(Ids(7, 3));
        using var again = Save(part);
        beginning.AssertSameAs(again);
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public void AFreshOneIsWhereEverybodyBegins(string name)
    {
        using var scope = NewDisposeScope();
        using var population = People(Users);
        using var part = Make(name, population);
        using var beginning = Save(part);
        Play(part, 2);
        using var played = Save(part);
        using (var fresh = part.Fresh())
        {
            using var state = Save(fresh);
            beginning.AssertSameAs(state);
            Assert.Equal(part.Name, fresh.Name);
            Play(fresh, 2);
            using var same = Save(fresh);
            played.AssertSameAs(same);
        }
        // What a fresh one did, and that it was disposed, leaves the first alone.
        using var untouched = Save(part);
        played.AssertSameAs(untouched);
        Play(part, 1);
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public void RestReturnAndRoundsOfNobodyArePossible(string name)
    {
        using var scope = NewDisposeScope();
        using var population = People(Users);
        using var part = Make(name, population);
        Play(part, 2);
        using var before = Save(part);
        var nobody = empty([0], ScalarType.Int64);
        part.Advance(RoundOf(nobody, 1));
        Assert.Equal([0L], part.Leaving(RoundOf(nobody, 1))?.shape ?? [0L]);
        Assert.Equal([0L, 2L], part.Adjust(zeros([0, 2]), nobody, zeros([0, 2], ScalarType.Int64))?.shape ?? [0L, 2L]);
        part.Rest(nobody);
        part.Return(nobody);
        part.Restart(nobody);
        using var after = Save(part);
        before.AssertSameAs(after);
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public void NothingLeaks(string name)
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (NewDisposeScope())
        {
            using var population = People(Users);
            using var part = Make(name, population);
            var made = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            using (NewDisposeScope())
            {
                Play(part, 3);
                part.Rest(Ids(1));
                part.Return(Ids(1));
                part.Restart(Ids(1));
                part.Fresh().Dispose();
            }
            Assert.Equal(made, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            // What is handed out is all that a call leaves behind.
            var (users, items) = (Ids(1, 2), Ids(0, 1, 2, 3).reshape(2, 2));
            var (appeal, all) = (full([2, 2], .5f), full([2, Items], .5f));
            var given = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            part.Adjust(appeal, users, items)?.Dispose();
            part.Burden(users, all, all)?.Dispose();
            Assert.Equal(given, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static IUserDynamics Make(string name, RecDeepRL.Core.Population population) => DynamicsRegistry.Find(name).Create(Context(population));

    private static void Play(IUserDynamics part, int rounds)
    {
        for (var round = 0; round < rounds; round++)
            part.Advance(RoundOf(arange(Users, ScalarType.Int64), round));
    }

    private static DynamicsRound RoundOf(Tensor users, int round)
    {
        var slates = arange(2, ScalarType.Int64).unsqueeze(0).add(users.unsqueeze(1)).remainder(Items);
        var responses = slates.remainder(2).to_type(ScalarType.Float32);
        var rested = full_like(responses, .5f);
        return Round(users, slates, responses, rested, rested * .6f, new RandomStream(4, "coins").Uniform(round, users));
    }

    private static MemoryCheckpoint Save(IUserDynamics part)
    {
        var checkpoint = new MemoryCheckpoint();
        part.Save(checkpoint);
        return checkpoint;
    }
}
