using System.Buffers.Binary;
using System.Text;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Checkpoints;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Experiments;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Int32)]
    [InlineData(ScalarType.Int16)]
    [InlineData(ScalarType.Int8)]
    [InlineData(ScalarType.Byte)]
    [InlineData(ScalarType.Bool)]
    public void EveryTypeComesBackAsItWas(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var path = _folder.PathOf("types");
        var tensors = new SortedDictionary<string, Tensor>
        {
            ["matrix"] = arange(6, ScalarType.Int64).to_type(type).reshape(2, 3),
            ["nothing"] = zeros([0, 4], type),
            ["number"] = ones([], type),
        };

        SafetensorsFile.Write(path, tensors);
        var read = SafetensorsFile.Read(path);

        Assert.Equal(tensors.Keys, read.Keys);
        foreach (var (name, tensor) in tensors)
        {
            Assert.Equal(type, read[name].dtype);
            Assert.Equal(tensor.shape, read[name].shape);
            Assert.True(tensor.SameAs(read[name]), name);
        }
    }

    [Fact]
    public void TheBytesLieAsTheFormatSays()
    {
        using var scope = NewDisposeScope();
        var path = _folder.PathOf("layout");
        SafetensorsFile.Write(path, new Dictionary<string, Tensor> { ["a"] = tensor(new[] { 1, 2 }, ScalarType.Int32) });

        var bytes = File.ReadAllBytes(path);
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        var header = Encoding.UTF8.GetString(bytes, 8, length);

        Assert.Equal("""{"a":{"dtype":"I32","shape":[2],"data_offsets":[0,8]}}""", header.TrimEnd(' '));
        Assert.Equal(0, length % 8);
        Assert.Equal([1, 0, 0, 0, 2, 0, 0, 0], bytes[(8 + length)..]);
    }

    [Fact]
    public void AFileCutOffAtAnyByteIsRefused()
    {
        using var scope = NewDisposeScope();
        var whole = _folder.PathOf("whole");
        SafetensorsFile.Write(whole, new Dictionary<string, Tensor> { ["a"] = arange(3, ScalarType.Int64), ["b"] = zeros(2, 2) });
        var bytes = File.ReadAllBytes(whole);

        for (var length = 0; length < bytes.Length; length++)
        {
            var path = _folder.PathOf("cut");
            File.WriteAllBytes(path, bytes[..length]);
            var fault = Assert.Throws<UserMistakeException>(() => SafetensorsFile.Read(path));
            Assert.Contains(path, fault.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"I32","shape":[2],"data_offsets":[0,4]}}""", 8)]
    [InlineData("""{"a":{"dtype":"I32","shape":[2],"data_offsets":[4,12]}}""", 12)]
    [InlineData("""{"a":{"dtype":"I33","shape":[2],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"I32","shape":[-2],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"I32","shape":[9223372036854775807,9],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"I32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"I32","shape":[1],"data_offsets":[4,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"I32","shape":[2]}}""", 8)]
    [InlineData("""{"a":{"dtype":"I32","shape":"two","data_offsets":[0,8]}}""", 8)]
    [InlineData("""[1,2]""", 0)]
    [InlineData("""{"a":""", 0)]
    public void AHeaderThatLiesIsRefused(string header, int dataBytes)
    {
        var path = _folder.PathOf("lie");
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        File.WriteAllBytes(path, [.. length, .. Encoding.UTF8.GetBytes(header), .. new byte[dataBytes]]);

        Assert.Throws<UserMistakeException>(() => SafetensorsFile.Read(path));
    }

    [Fact]
    public void AHugeHeaderLengthIsRefusedWithoutAllocatingIt()
    {
        var path = _folder.PathOf("huge");
        File.WriteAllBytes(path, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, (byte)'{', (byte)'}']);

        Assert.Throws<UserMistakeException>(() => SafetensorsFile.Read(path));
    }

    [Fact]
    public void AMissingFileIsAMistakeOfTheUser() => Assert.Throws<UserMistakeException>(() => SafetensorsFile.Read(_folder.PathOf("absent")));
}
