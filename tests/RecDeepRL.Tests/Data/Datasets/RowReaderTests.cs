using System.Text;
using CsCheck;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Data.Datasets.Reading;

namespace RecDeepRL.Tests.Data.Datasets;

public sealed class RowReaderTests : IDisposable
{
    private readonly SourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryRowIsReadAsSplittingTheLinesWouldWhereverTheBufferEnds()
    {
        // Fields of up to 40,000 characters let lines end before, at and after the ends of a buffer of 65,536, and outgrow it.
        var field = Gen.Select(Gen.OneOf(Gen.Int[0, 5], Gen.Int[0, 40_000]), Gen.Char['a', 'é'], (length, letter) => new string(letter, length));
        Gen.Select(field, field, field).Array[1, 12].Sample(
            rows =>
            {
                _folder.Write("file", string.Concat(rows.Select(row => $"{row.Item1}::{row.Item2}::{row.Item3}\n")), Encoding.Latin1);
                using var reader = new DelimitedRowReader(_folder.PathOf("file"), "::", Encoding.Latin1, "a", "b", "c");
                var read = new List<(string, string, string)>();
                while (reader.Read(new BadRows(0)))
                    read.Add((reader.Field(0).ToString(), reader.Field(1).ToString(), reader.Field(2).ToString()));
                Assert.Equal(rows, read);
                Assert.Equal(rows.Length, reader.Line);
            },
            iter: 60, threads: 1);
    }

    [Fact]
    public void EmptyLinesCountAsLinesButAreNoRows()
    {
        _folder.Write("file", "\n1::2\r\n\r\n\n3::4");
        using var reader = new DelimitedRowReader(_folder.PathOf("file"), "::", Encoding.UTF8, "a", "b");
        Assert.True(reader.Read(new BadRows(0)));
        Assert.Equal(2, reader.Line);
        Assert.True(reader.Read(new BadRows(0)));
        Assert.Equal((5, "4"), (reader.Line, reader.Field(1).ToString()));
        Assert.False(reader.EndsWithLineEnd);
        Assert.False(reader.Read(new BadRows(0)));
    }

    [Fact]
    public void AFileWithoutLinesIsRefusedInsteadOfHeld()
    {
        _folder.Write("file", new string('1', (1 << 20) + 1));
        using var reader = new DelimitedRowReader(_folder.PathOf("file"), "::", Encoding.UTF8, "a", "b");
        SourceFolder.Refuses(() => reader.Read(new BadRows(0)), "line 1 is longer than 1048576 characters");
    }

    [Fact]
    public void PairsAreFoundAgainAsInASetOfTheBaseLibrary()
    {
        // 200,000 draws of 90,000 pairs, so that pairs repeat and shards grow: 90,000 · (1 − e^(−20/9)) = 80,246 distinct ones are
        // expected, with a standard deviation of 80 (occupancy); four of them on each side.
        var (pairs, known) = (new PairSet(), new HashSet<(int, int)>());
        var stream = new RandomStream(1, "pairs");
        for (var draw = 0; draw < 200_000; draw++)
        {
            var (first, second) = ((int)(stream.Bits(0, draw) % 300), (int)(stream.Bits(1, draw) % 300));
            Assert.Equal(known.Add((first, second)), pairs.Add(first, second));
        }
        Assert.InRange(known.Count, 79_926, 80_566);
        Assert.True(pairs.Add(int.MaxValue, int.MaxValue));
        Assert.False(pairs.Add(int.MaxValue, int.MaxValue));
        Assert.True(pairs.Add(int.MaxValue, 0));
    }
}
