using static TorchSharp.torch;

namespace RecDeepRL.Core;

/// <summary>An agent that can say what it thinks of the items it shows, and how likely it was to show them: what interaction logs keep
/// beside the responses, and what off-policy estimates need.</summary>
public interface IExplainsSlates
{
    /// <summary>Explains slates that <see cref="IAgent.Recommend"/> gave, as long as nothing was learned since. Changes nothing.</summary>
    /// <param name="observation">B users, or a part of those asked about. Borrowed.</param>
    /// <param name="slates">[B, K] int64, what was recommended to them. Borrowed.</param>
    /// <param name="mode">The mode it was recommended in.</param>
    /// <returns>The caller disposes.</returns>
    SlateExplanation Explain(Observation observation, Tensor slates, RecommendationMode mode);
}

/// <summary>What an agent thinks of the items of slates.</summary>
/// <param name="Relevance">[B, K] float32, the agent's own estimate of the response to each item, not a number where it has none for an item; none where it estimates nothing.</param>
/// <param name="Propensity">[B, K] float32, the probability, over the agent's own draws, that it shows this item to this user in this slot; none where it is not known.</param>
public sealed record SlateExplanation(Tensor? Relevance, Tensor? Propensity) : IDisposable
{
    public void Dispose()
    {
        Relevance?.Dispose();
        Propensity?.Dispose();
    }
}
