using RecDeepRL.Core;
using RecDeepRL.Core.State;
using RecDeepRL.Simulation.Choices;
using RecDeepRL.Simulation.Dynamics;
using RecDeepRL.Simulation.Responses;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation;

/// <summary>How users answer slates as they are now, and how that changes them: the response model gives the appeal of items to rested users,
/// the dynamics adjust it to the users' state, and the choice model makes responses of it. B users, K slots, N items.</summary>
internal sealed class UserBehaviour : IDisposable
{
    private static readonly IReadOnlyDictionary<string, long> s_none = new Dictionary<string, long>();

    private readonly IResponseModel _model;
    private readonly bool _ownsModel;
    private readonly IChoiceModel _choice;
    private readonly DynamicsChain _dynamics;
    private readonly int _itemCount;
    private readonly UserRows _rows;

    /// <param name="model">Ownership passes to this.</param>
    /// <param name="rows">The users whose state the dynamics hold; none where row and id are the same.</param>
    public UserBehaviour(IResponseModel model, EnvironmentParts parts, int itemCount, UserRows rows = default)
        : this(model, ownsModel: true, parts.Choice, new DynamicsChain(parts.Dynamics), itemCount, rows) { }

    private UserBehaviour(IResponseModel model, bool ownsModel, IChoiceModel choice, DynamicsChain dynamics, int itemCount, UserRows rows)
    {
        _model = model;
        _ownsModel = ownsModel;
        _choice = choice;
        _dynamics = dynamics;
        _itemCount = itemCount;
        _rows = rows;
    }

    /// <summary>Whether what is shown never changes a user.</summary>
    public bool UsersStayAsTheyAre => _dynamics.IsEmpty;

    /// <summary>How many of the latest round's users wanted to leave, by the part that made them.</summary>
    public IReadOnlyDictionary<string, long> LatestReasons { get; private set; } = s_none;

    /// <inheritdoc cref="DynamicsChain.Describe"/>
    public IReadOnlyList<(string Name, Tensor Values)> Describe() => _dynamics.Describe();

    public bool IsStationary => _model.IsStationary && _dynamics.IsEmpty;

    public bool SlotsAreIndependent => _choice.SlotsAreIndependent;

    /// <summary>The same users at the beginning, with a state of their own. It borrows the model of this one.</summary>
    public UserBehaviour Fresh() => new(_model, ownsModel: false, _choice, _dynamics.Fresh(), _itemCount, _rows);

    /// <summary>The responses that the coins decide. Changes nobody.</summary>
    /// <returns>[B, K] float32. The caller disposes.</returns>
    public Tensor Respond(EnvironmentCoins coins, Tensor users, Tensor slates, long iteration)
    {
        if (_choice is not IndependentChoice || !ClickKernel.Takes(users, slates))
            return RespondByTensorOperations(coins, users, slates, iteration);
        if (_model is not IProbabilityTable held || !_dynamics.IsEmpty)
        {
            return InSlices(users, slates, (someUsers, someSlates) =>
                ClickKernel.DrawByAppeal(coins.ResponseStream, iteration, Appeal(someUsers, someSlates, iteration).Present, someUsers, someSlates, _itemCount));
        }
        using var table = held.TableAt(iteration);
        return ClickKernel.DrawByTable(coins.ResponseStream, iteration, table, users, slates, _itemCount);
    }

    /// <summary>The same for any choice model on any device; what passes over memory once must equal it.</summary>
    internal Tensor RespondByTensorOperations(EnvironmentCoins coins, Tensor users, Tensor slates, long iteration) =>
        InSlices(users, slates, (someUsers, someSlates) => _choice.Draw(
            Appeal(someUsers, someSlates, iteration).Present, coins.Responses(iteration, someUsers, someSlates, _itemCount), coins.Slates(iteration, someUsers)));

    /// <summary>The means of the responses.</summary>
    /// <returns>[B, K] float32. The caller disposes.</returns>
    public Tensor Expected(Tensor users, Tensor slates, long iteration)
    {
        using var scope = NewDisposeScope();
        return _choice.Expected(Appeal(users, slates, iteration).Present).MoveToOuterDisposeScope();
    }

    /// <summary>What every item would earn if it were shown alone, and what showing it takes from the rounds to come.</summary>
    /// <returns>[B, N] float32 each; no burden where it was not asked for, or where showing an item costs nothing. The caller disposes.</returns>
    public (Tensor Expected, Tensor? Burden) Outlook(Tensor users, long iteration, bool withBurden)
    {
        using var scope = NewDisposeScope();
        var rested = _model.Probabilities(users, iteration);
        var items = arange(_itemCount, ScalarType.Int64, users.device).expand(users.size(0), _itemCount);
        var rows = _rows.Of(users);
        var present = _dynamics.Adjust(rested, rows, items);
        var burden = withBurden ? _dynamics.Burden(rows, rested, present) : null;
        // A slate of one item each, where it matters.
        var alone = _choice.SlotsAreIndependent ? _choice.Expected(present) : _choice.Expected(present.reshape(-1, 1)).reshape(present.shape);
        return (alone.MoveToOuterDisposeScope(), burden?.MoveToOuterDisposeScope());
    }

    /// <summary>Moves the users of a round on.</summary>
    /// <returns>[B] bool, who wants to leave; none where nobody ever does. The caller disposes.</returns>
    public Tensor? Advance(EnvironmentCoins coins, Tensor users, Tensor slates, Tensor responses, long iteration)
    {
        LatestReasons = s_none;
        if (_dynamics.IsEmpty)
            return null;
        using var scope = NewDisposeScope();
        var (rested, present) = Appeal(users, slates, iteration);
        var leaving = _dynamics.Advance(_rows.Of(users), slates, responses, rested, present, name => coins.Dynamics(name, iteration, users), out var reasons);
        LatestReasons = reasons;
        return leaving?.MoveToOuterDisposeScope();
    }

    /// <inheritdoc cref="IUserDynamics.Rest"/>
    public void Rest(Tensor users)
    {
        using var rows = _rows.Of(users);
        _dynamics.Rest(rows);
    }

    /// <inheritdoc cref="IUserDynamics.Return"/>
    public void Return(Tensor users)
    {
        using var rows = _rows.Of(users);
        _dynamics.Return(rows);
    }

    /// <inheritdoc cref="IUserDynamics.Restart"/>
    public void Restart(Tensor users)
    {
        using var rows = _rows.Of(users);
        _dynamics.Restart(rows);
    }

    public void Save(IStateWriter writer) => _dynamics.Save(writer);

    public void Load(IStateReader reader) => _dynamics.Load(reader);

    public void Dispose()
    {
        _dynamics.Dispose();
        if (_ownsModel)
            _model.Dispose();
    }

    private static Tensor InSlices(Tensor users, Tensor slates, Func<Tensor, Tensor, Tensor> respond)
    {
        using var scope = NewDisposeScope();
        var responses = empty(slates.shape, ScalarType.Float32, slates.device);
        UserSlices.ForEach(slates.size(0), slates.size(1), slates.device, (start, count) =>
            responses.narrow(0, start, count).copy_(respond(users.narrow(0, start, count), slates.narrow(0, start, count))));
        return responses.MoveToOuterDisposeScope();
    }

    /// <summary>The appeal of shown items to rested users and to users as they are, in the scope of the caller.</summary>
    private (Tensor Rested, Tensor Present) Appeal(Tensor users, Tensor slates, long iteration)
    {
        var rested = _model.Probabilities(users, slates, iteration);
        using var rows = _rows.Of(users);
        return (rested, _dynamics.Adjust(rested, rows, slates));
    }
}
