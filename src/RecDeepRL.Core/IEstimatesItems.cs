using static TorchSharp.torch;

namespace RecDeepRL.Core;

/// <summary>What an agent's estimate of an item is an estimate of.</summary>
public enum EstimateKind
{
    /// <summary>The expected response to the item, which the truth can be set against.</summary>
    Response,

    /// <summary>A score of the agent's own unit that ranks items, such as what a response is worth with all that comes after it.</summary>
    Score,
}

/// <summary>An agent that can say what it thinks of every item: what estimates by iteration are read from.</summary>
public interface IEstimatesItems
{
    EstimateKind EstimateKind { get; }

    /// <summary>The agent's estimate of each item for each user, without any exploration, as it ranks by in exploit mode where that is an
    /// estimate. Changes nothing learned and draws nothing: whoever asks, slates stay the same.</summary>
    /// <param name="observation">B users. Borrowed.</param>
    /// <returns>[B, N] float32; not a number where the agent has no estimate. The caller disposes.</returns>
    Tensor EstimateItems(Observation observation);
}
