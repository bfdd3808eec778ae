using RecDeepRL.Data.Datasets;

namespace RecDeepRL.Simulation.Learning;

/// <summary>What a response model is learned from, beside its options.</summary>
/// <param name="Dataset">The log, and what is known about users and items.</param>
/// <param name="Seed">Seed of the split, of the users chosen, of the negatives and of the model's start.</param>
/// <param name="Threads">Threads that the training may use, at least 1. The outcome does not depend on it but for the rounding of sums.</param>
/// <param name="Progress">Is told what is being done, one line each time.</param>
public sealed record LearningContext(Dataset Dataset, long Seed, int Threads, Action<string> Progress);

/// <summary>Learns the probabilities of a population's responses from a log.</summary>
public interface IResponseLearner
{
    /// <exception cref="Core.UserMistakeException">The log is too small, all alike, or lacks what the model needs.</exception>
    LearnedResponses Fit();
}
