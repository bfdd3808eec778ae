namespace RecDeepRL.Data.Datasets.Reading;

/// <summary>A file of interactions.</summary>
internal abstract class InteractionLog
{
    public abstract string Path { get; }

    public abstract bool HasTimes { get; }

    /// <summary>Hands every row to the taker.</summary>
    /// <param name="progress">The share of the file that is read, in [0, 1]; set as the reading goes on.</param>
    /// <returns>What a reader of the result should know about the file, or none.</returns>
    public abstract string? ReadInto(InteractionTaker taker, BadRows bad, Progress progress);

    /// <summary>The share of a file that is read.</summary>
    public sealed class Progress
    {
        private Func<double> _share = () => 0;

        public double Share => _share();

        public void Follow(Func<double> share) => _share = share;
    }
}
