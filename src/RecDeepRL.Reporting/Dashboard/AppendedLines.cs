namespace RecDeepRL.Reporting.Dashboard;

/// <summary>A text file that another process appends to, read from where the last reading ended.</summary>
internal sealed class AppendedLines(string path)
{
    private const int MarkLength = 64;
    private readonly byte[] _buffer = new byte[1 << 16];
    private long _offset;
    private byte[] _mark = [];

    /// <summary>What is told of each line, without its end. Borrowed.</summary>
    public delegate void LineReader(ReadOnlySpan<byte> line);

    /// <summary>Reads the lines that are complete and were not read before.</summary>
    /// <param name="restarted">Called first where the file is not the one that was read, or none was: all of its lines follow.</param>
    /// <remarks>A run that goes on replaces its files by shorter ones, which may have grown beyond the old length when they are looked at. So the
    /// bytes before the place where reading ended are compared too.</remarks>
    public void Read(Action restarted, LineReader reader)
    {
        using var file = ServedFile.Open(path);
        if (file is null || _offset == 0 || !IsTheSame(file))
        {
            _offset = 0;
            _mark = [];
            restarted();
        }
        if (file is null || file.Length <= _offset)
            return;
        file.Position = _offset;
        var filled = 0;
        int count;
        while ((count = file.Read(_buffer, filled, _buffer.Length - filled)) > 0)
        {
            filled += count;
            var taken = 0;
            int length;
            while ((length = _buffer.AsSpan(taken, filled - taken).IndexOf((byte)'\n')) >= 0)
            {
                reader(_buffer.AsSpan(taken, length).TrimEnd((byte)'\r'));
                taken += length + 1;
            }
            if (taken > 0)
            {
                _mark = _buffer.AsSpan(Math.Max(0, taken - MarkLength), Math.Min(taken, MarkLength)).ToArray();
                _offset += taken;
                _buffer.AsSpan(taken, filled - taken).CopyTo(_buffer);
                filled -= taken;
            }
            else if (filled == _buffer.Length)
            {
                // No run writes such a line; the rest of the file is left unread.
                return;
            }
        }
    }

    private bool IsTheSame(FileStream file)
    {
        if (file.Length < _offset)
            return false;
        var bytes = new byte[_mark.Length];
        file.Position = _offset - bytes.Length;
        return file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length && bytes.AsSpan().SequenceEqual(_mark);
    }
}
