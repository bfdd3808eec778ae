using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Collaborative;

/// <summary>The factors and biases of logistic matrix factorisation, and how they are learned: Adam on the table of counts, with the gradient of
/// Σ [t·ln(1 + eᶻ) − a·z] + ½λ(‖x‖² + ‖y‖² + ‖b‖² + ‖c‖²), z = m + b_u + c_i + xᵤᵀyᵢ, where a pair counts t times, a of them answered.
/// U users, N items, F factors.</summary>
/// <remarks>A step takes some users with all they have answered, drawn anew each time, and scales their part of the items' gradient up to all users.
/// Two products of matrices a step cost the same however many responses there are.</remarks>
internal sealed class LogisticFactors : IDisposable
{
    /// <summary>Standard deviation of the factors at the start.</summary>
    private const double Start = 0.1;

    private readonly LogisticMfOptions _options;
    private readonly int _width;
    private readonly RandomStream _batches;
    private readonly Tensor _users;
    private readonly Tensor _items;
    private readonly Tensor _center;
    private readonly RowAdam _ofUsers;
    private readonly RowAdam _ofItems;
    private long _steps;

    public LogisticFactors(AgentContext context, LogisticMfOptions options)
    {
        using var scope = NewDisposeScope();
        var (spec, start) = (context.Spec, new RandomStream(context.Seed, "logistic-mf:factors"));
        _options = options;
        _width = options.Factors + 1;
        _batches = new RandomStream(context.Seed, "logistic-mf:batches");
        _users = zeros([spec.UserCount, _width], ScalarType.Float32, spec.Device).DetachFromDisposeScope();
        _items = zeros([spec.ItemCount, _width], ScalarType.Float32, spec.Device).DetachFromDisposeScope();
        _users.narrow(1, 0, options.Factors).copy_(start.Normal(0, spec.Device, spec.UserCount, options.Factors).mul_(Start));
        _items.narrow(1, 0, options.Factors).copy_(start.Normal(1, spec.Device, spec.ItemCount, options.Factors).mul_(Start));
        _center = zeros([], ScalarType.Float32, spec.Device).DetachFromDisposeScope();
        _ofUsers = new RowAdam(_users, options.LearningRate);
        _ofItems = new RowAdam(_items, options.LearningRate);
    }

    /// <summary>[U, F + 1] float32, xᵤ and b_u. Borrowed.</summary>
    internal Tensor Users => _users;

    /// <summary>[N, F + 1] float32, yᵢ and c_i. Borrowed.</summary>
    internal Tensor Items => _items;

    /// <summary>m, a float32 scalar. Borrowed.</summary>
    internal Tensor Center => _center;

    /// <summary>Sets m to the logit of the mean response, and takes steps.</summary>
    /// <param name="total">[U, N] float32, t.</param>
    /// <param name="answers">[U, N] float32, a.</param>
    public void Fit(Tensor total, Tensor answers)
    {
        using var scope = NewDisposeScope();
        // Rows first: a sum of the whole table in another type would copy the table, which costs more than all the steps.
        var (all, answered) = (total.sum(dim: 1).sum(ScalarType.Float64), answers.sum(dim: 1).sum(ScalarType.Float64));
        // Responses that are no clicks may sum to more than there were showings, which has no logit.
        answered = answered.clamp_min(0.0).minimum(all);
        _center.copy_(((answered + 1) / (all - answered + 1)).log_());
        for (var step = 0; step < _options.Steps; step++)
        {
            using var stepScope = NewDisposeScope();
            var users = Batch();
            var (ofUsers, ofItems) = users is null
                ? Gradient(_users, total, answers)
                : Gradient(_users.index_select(0, users), total.index_select(0, users), answers.index_select(0, users));
            _ofUsers.Step(_users, ofUsers, users);
            _ofItems.Step(_items, ofItems, null);
        }
    }

    /// <summary>The gradient of the loss, as of all users where only some are given.</summary>
    /// <param name="users">[B, F + 1], rows of <see cref="Users"/>.</param>
    /// <param name="total">[B, N].</param>
    /// <param name="answers">[B, N].</param>
    /// <returns>[B, F + 1] and [N, F + 1]. Disposed with the caller's scope.</returns>
    internal (Tensor OfUsers, Tensor OfItems) Gradient(Tensor users, Tensor total, Tensor answers)
    {
        var (wideUsers, wideItems) = (Wide(users, biasFirst: true), Wide(_items, biasFirst: false));
        var (ofUsers, residuals) = (empty_like(wideUsers), empty_like(total));
        UserSlices.ForEach(users.size(0), _items.size(0), users.device, (start, count) =>
        {
            using var noGradient = no_grad();
            var errors = wideUsers.narrow(0, start, count).matmul(wideItems.t()).add_(_center).sigmoid_()
                .mul_(total.narrow(0, start, count)).sub_(answers.narrow(0, start, count));
            residuals.narrow(0, start, count).copy_(errors);
            ofUsers.narrow(0, start, count).copy_(errors.matmul(wideItems));
        });
        // A bias stands where the other side has its one: what it gets is found in the one's column.
        var ofItems = residuals.t().matmul(wideUsers).mul_((double)_users.size(0) / users.size(0));
        return (
            ofUsers.narrow(1, 0, _width).add(users, alpha: _options.Ridge),
            cat([ofItems.narrow(1, 0, _width - 1), ofItems.narrow(1, _width, 1)], 1).add_(_items, alpha: _options.Ridge));
    }

    /// <param name="users">[B] int64, ids.</param>
    /// <returns>[B, N] float64, z.</returns>
    public Tensor Logits(Tensor users)
    {
        using var scope = NewDisposeScope();
        var (own, features, offset) = Given(users);
        return own.matmul(features.t()).add_(offset).MoveToOuterDisposeScope();
    }

    /// <summary>z as a product: the vectors of some users with the bias last, the items' with a one there, and what is the same for all users.
    /// Disposed with the caller's scope.</summary>
    /// <returns>[B, F + 1], [N, F + 1] and [N] float64.</returns>
    public (Tensor Users, Tensor Features, Tensor Offset) Given(Tensor users)
    {
        var features = _items.to_type(ScalarType.Float64);
        var offset = features.select(1, _width - 1) + _center;
        features.select(1, _width - 1).fill_(1);
        return (_users.index_select(0, users).to_type(ScalarType.Float64), features, offset);
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("users", _users);
        writer.Write("items", _items);
        writer.Write("center", _center);
        writer.Write("steps", _steps);
        _ofUsers.Save(writer.Under("ofUsers"));
        _ofItems.Save(writer.Under("ofItems"));
    }

    public void Load(IStateReader reader)
    {
        reader.ReadInto("users", _users);
        reader.ReadInto("items", _items);
        reader.ReadInto("center", _center);
        _steps = reader.ReadCount("steps");
        _ofUsers.Load(reader.Under("ofUsers"));
        _ofItems.Load(reader.Under("ofItems"));
    }

    public void Dispose()
    {
        _users.Dispose();
        _items.Dispose();
        _center.Dispose();
        _ofUsers.Dispose();
        _ofItems.Dispose();
    }

    /// <returns>[B] int64, users without replacement; none for all.</returns>
    private Tensor? Batch()
    {
        if (_options.BatchUsers is not { } count || count >= _users.size(0))
            return null;
        using var luck = _batches.Bits(_steps++, arange(_users.size(0), ScalarType.Int64, _users.device));
        return luck.topk(count).indexes;
    }

    /// <returns>[R, F + 2]: factors, then the bias and a one, or a one and the bias.</returns>
    private Tensor Wide(Tensor rows, bool biasFirst)
    {
        var (factors, bias) = (rows.narrow(1, 0, _width - 1), rows.narrow(1, _width - 1, 1));
        return cat(biasFirst ? [factors, bias, ones_like(bias)] : [factors, ones_like(bias), bias], 1);
    }
}
