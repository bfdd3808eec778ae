using System.Globalization;
using System.Text;
using CsvHelper;
using RecDeepRL.Core;

namespace RecDeepRL.Data.Datasets.Reading;

/// <summary>The rows of a text file, one after the other; no more of the text than a buffer is held.</summary>
internal abstract class RowReader : IDisposable
{
    private readonly FileStream _file;

    /// <param name="path">A file.</param>
    /// <exception cref="UserMistakeException">No such file, an empty one, or one that may not be read.</exception>
    protected RowReader(string path)
    {
        Path = path;
        if (!File.Exists(path))
            throw new UserMistakeException($"There is no {path}. Copy the data set again with all its files.");
        try
        {
            _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.SequentialScan);
            Length = _file.Length;
            EndsWithLineEnd = Length > 0 && LastByte() == '\n';
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _file?.Dispose();
            throw new UserMistakeException($"{path} cannot be read ({fault.Message}). Check the file and its permissions.", fault);
        }
        if (Length == 0)
        {
            _file.Dispose();
            throw new UserMistakeException($"{path} is empty. Copy it again.");
        }
    }

    public string Path { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length { get; }

    /// <summary>Bytes read so far, some of them ahead of the current row.</summary>
    public long Position => _file.Position;

    /// <summary>False where the last line is not ended, as in a file that was cut off, or that was written so.</summary>
    public bool EndsWithLineEnd { get; }

    /// <summary>Names of the fields of a row, for finding them and for messages.</summary>
    public abstract IReadOnlyList<string> Columns { get; }

    /// <summary>The line of the file on which the current row ends, from 1.</summary>
    public abstract long Line { get; }

    /// <summary>Moves on to the next row that has as many fields as there are columns; others are reported.</summary>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="UserMistakeException">The file cannot be read on, or a bad row is one too many.</exception>
    public bool Read(BadRows bad)
    {
        while (MoveNext())
        {
            if (FieldCount == Columns.Count && Fault is null)
                return true;
            bad.Report(Fault is { } fault ? $"{Path}, line {Line}: {fault}" : $"{Path}, line {Line}: {FieldCount} fields were received, expected are {Columns.Count} ({string.Join(", ", Columns)})");
        }
        return false;
    }

    /// <summary>A field of the current row; valid until the next.</summary>
    public abstract ReadOnlySpan<char> Field(int column);

    public abstract void Dispose();

    protected abstract int FieldCount { get; }

    /// <summary>What is wrong with the current row apart from its number of fields; none where nothing is.</summary>
    protected virtual string? Fault => null;

    protected abstract bool ReadRow();

    /// <summary>The file as text. Bytes that the encoding does not know end the reading instead of becoming question marks.</summary>
    protected StreamReader OpenText(Encoding encoding)
    {
        var strict = (Encoding)encoding.Clone();
        strict.DecoderFallback = DecoderFallback.ExceptionFallback;
        return new StreamReader(_file, strict, detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 17);
    }

    protected bool MoveNext()
    {
        try
        {
            return ReadRow();
        }
        catch (CsvHelperException fault)
        {
            throw new UserMistakeException($"{Path}, line {Line + 1}: the line cannot be read as CSV, perhaps because a quotation mark is not closed. Correct the file or copy it again.", fault);
        }
        catch (DecoderFallbackException fault)
        {
            throw new UserMistakeException($"{Path}: a byte after line {Line} is no text in the expected encoding ({string.Join(' ', (fault.BytesUnknown ?? []).Select(one => one.ToString("X2", CultureInfo.InvariantCulture)))}). Copy the file again, or name the encoding of a log with --encoding.", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException($"{Path} cannot be read ({fault.Message}). Check the file and its permissions.", fault);
        }
    }

    private int LastByte()
    {
        _file.Seek(-1, SeekOrigin.End);
        var last = _file.ReadByte();
        _file.Seek(0, SeekOrigin.Begin);
        return last;
    }
}
