using RecDeepRL.Core;

namespace RecDeepRL.Data.Datasets.Reading;

/// <summary>Tells of rows that are not as expected: at once, or after as many as may be passed over.</summary>
/// <param name="allowed">At least 0.</param>
internal sealed class BadRows(long allowed)
{
    /// <summary>Rows passed over so far.</summary>
    public long Count { get; private set; }

    /// <param name="fault">One sentence without its full stop: file, line and column, what was received and what was expected.</param>
    /// <exception cref="UserMistakeException">No more bad rows are allowed.</exception>
    public void Report(string fault)
    {
        if (Count >= allowed)
        {
            throw new UserMistakeException(allowed == 0
                ? fault + ". Correct the file or copy it again, or pass over up to N bad rows with --skip-bad N."
                : fault + $". {allowed} bad rows were passed over before, and --skip-bad allows no more.");
        }
        Count++;
    }
}
