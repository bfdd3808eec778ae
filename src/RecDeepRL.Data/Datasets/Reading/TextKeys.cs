namespace RecDeepRL.Data.Datasets.Reading;

/// <summary>Numbers for keys that are texts: 0, 1, 2, … in the order in which they appear.</summary>
internal sealed class TextKeys
{
    private readonly Dictionary<string, long> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _texts = [];

    /// <summary>The keys by their number.</summary>
    public IReadOnlyList<string> Texts => _texts;

    public long NumberOf(ReadOnlySpan<char> text)
    {
        var lookup = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(text, out var number))
        {
            number = _texts.Count;
            lookup[text] = number;
            _texts.Add(text.ToString());
        }
        return number;
    }
}
