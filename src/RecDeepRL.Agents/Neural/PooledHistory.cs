using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>The mean point of the recent items that were liked, and that of those that were not (as the state of DRR, Liu et al. 2018). It learns nothing of its own.</summary>
internal sealed class PooledHistory : IHistoryEncoder
{
    public Tensor Encode(Tensor points, Tensor shown, Tensor responses)
    {
        using var scope = NewDisposeScope();
        var (liked, notLiked) = HistoryEncoders.Split(shown, responses);
        return cat([MeanOf(points, liked), MeanOf(points, notLiked)], 1).MoveToOuterDisposeScope();
    }

    /// <summary>The mean of the chosen points of each user. [B, M, E] and [B, M] to [B, E].</summary>
    private static Tensor MeanOf(Tensor points, Tensor chosen)
    {
        var weights = chosen.div(chosen.sum(1, keepdim: true).clamp_min_(1));
        return weights.unsqueeze(1).bmm(points).squeeze(1);
    }
}
