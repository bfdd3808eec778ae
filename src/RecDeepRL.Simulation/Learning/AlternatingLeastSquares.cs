using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Learning;

/// <summary>Factors of users and items from positive pairs alone: Hu, Koren and Volinsky 2008, equations 3 to 5.</summary>
/// <remarks>Minimises Σ over all pairs of c·(p − xᵤᵀyᵢ)² + λ·(Σ‖xᵤ‖² + Σ‖yᵢ‖²), where p is 1 and c = 1 + αr for positive pairs, and p is 0 and c = 1 for all
/// others. Users and items take turns; each turn solves its least squares exactly, by xᵤ = (YᵀY + Yᵤᵀ·αr·Yᵤ + λI)⁻¹ Yᵤᵀ(1 + αr), so the objective never
/// rises. The systems of a block of rows are built and solved at once, in float64.</remarks>
internal sealed class AlternatingLeastSquares : IDisposable
{
    private readonly ObservedRows _byUser;
    private readonly ObservedRows _byItem;
    private readonly double _regularisation;

    /// <param name="users">[P] user ids of the positive pairs; items likewise. Each pair once.</param>
    /// <param name="weights">[P] alpha·r, above 0.</param>
    /// <param name="seed">Of the items' first factors, which are normal with standard deviation 1/√rank.</param>
    public AlternatingLeastSquares(int[] users, int[] items, double[] weights, int userCount, int itemCount, int rank, double regularisation, long seed)
    {
        _regularisation = regularisation;
        _byUser = ObservedRows.Of(users, items, weights, userCount, rank);
        _byItem = ObservedRows.Of(items, users, weights, itemCount, rank);
        using var scope = NewDisposeScope();
        UserFactors = zeros([userCount, rank], ScalarType.Float64).DetachFromDisposeScope();
        ItemFactors = new RandomStream(seed, "response:factors").Normal(0, CPU, itemCount, rank)
            .to_type(ScalarType.Float64).div_(Math.Sqrt(rank)).DetachFromDisposeScope();
    }

    /// <summary>X, [U, F] float64. Borrowed.</summary>
    public Tensor UserFactors { get; }

    /// <summary>Y, [N, F] float64. Borrowed.</summary>
    public Tensor ItemFactors { get; }

    /// <summary>The users' turn: their factors for the items' as they are.</summary>
    public void SolveUsers() => Solve(_byUser, ItemFactors, UserFactors);

    /// <summary>The items' turn.</summary>
    public void SolveItems() => Solve(_byItem, UserFactors, ItemFactors);

    /// <summary>What is minimised, at the factors as they are.</summary>
    public double Objective()
    {
        using var scope = NewDisposeScope();
        // Σ (xᵀy)² over all pairs is the sum of the products of both Gram matrices; the positive pairs are then put right.
        var total = UserFactors.t().mm(UserFactors).mul_(ItemFactors.t().mm(ItemFactors)).sum()
            .add_(UserFactors.square().sum().add_(ItemFactors.square().sum()).mul_(_regularisation));
        foreach (var block in _byUser.Blocks)
        {
            using var part = NewDisposeScope();
            var scores = Gather(block, ItemFactors).bmm(UserFactors.index_select(0, block.Rows).unsqueeze(2)).squeeze(2);
            total.add_(block.Weights.add(1.0).mul_(scores.sub(1.0).square()).sub_(scores.square()).mul_(block.Mask).sum());
        }
        return total.item<double>();
    }

    /// <returns>[P] xᵤᵀyᵢ of each pair.</returns>
    public double[] Scores(int[] users, int[] items)
    {
        using var scope = NewDisposeScope();
        var scores = UserFactors.index_select(0, Ids(users)).mul_(ItemFactors.index_select(0, Ids(items))).sum(1);
        return scores.data<double>().ToArray();
    }

    /// <returns>[U · items] scores of every user with the given items, users first.</returns>
    public double[] Scores(int[] items)
    {
        using var scope = NewDisposeScope();
        return UserFactors.mm(ItemFactors.index_select(0, Ids(items)).t()).data<double>().ToArray();
    }

    public void Dispose()
    {
        _byUser.Dispose();
        _byItem.Dispose();
        UserFactors.Dispose();
        ItemFactors.Dispose();
    }

    /// <param name="fixedFactors">Of the columns.</param>
    /// <param name="result">Of the rows, overwritten; a row without entries becomes 0.</param>
    private void Solve(ObservedRows observed, Tensor fixedFactors, Tensor result)
    {
        using var scope = NewDisposeScope();
        var common = fixedFactors.t().mm(fixedFactors).add_(eye(fixedFactors.size(1), dtype: ScalarType.Float64).mul_(_regularisation));
        result.zero_();
        foreach (var block in observed.Blocks)
        {
            using var part = NewDisposeScope();
            var gathered = Gather(block, fixedFactors); // [B, L, F]
            var transposed = gathered.transpose(1, 2);
            var right = transposed.bmm(block.Weights.add(block.Mask).unsqueeze(2));
            var left = transposed.bmm(gathered.mul(block.Weights.unsqueeze(2))).add_(common);
            result.index_copy_(0, block.Rows, right.cholesky_solve(linalg.cholesky(left)).squeeze(2));
        }
    }

    private static Tensor Gather(ObservedRows.Block block, Tensor factors) =>
        factors.index_select(0, block.Columns.view(-1)).view(block.Columns.size(0), block.Columns.size(1), factors.size(1));

    private static Tensor Ids(int[] ids) => tensor(Array.ConvertAll(ids, id => (long)id));
}
