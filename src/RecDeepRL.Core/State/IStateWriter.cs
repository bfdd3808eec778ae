using static TorchSharp.torch;

namespace RecDeepRL.Core.State;

/// <summary>Takes the state of an environment or agent, by name. Names are unique; dots group them.</summary>
public interface IStateWriter
{
    /// <summary>Takes a copy of a tensor of any shape, type and device.</summary>
    void Write(string name, Tensor value);

    /// <summary>Takes a counter.</summary>
    void Write(string name, long value);
}

/// <summary>Gives back what an <see cref="IStateWriter"/> took.</summary>
public interface IStateReader
{
    /// <summary>Copies a saved tensor over <paramref name="destination"/>, in place.</summary>
    /// <exception cref="UserMistakeException">The checkpoint has no such tensor, or one of another shape or type.</exception>
    void ReadInto(string name, Tensor destination);

    /// <summary>The saved tensor on the CPU, for states whose size is not known beforehand. The caller disposes.</summary>
    /// <exception cref="UserMistakeException">The checkpoint has no such tensor.</exception>
    Tensor ReadTensor(string name);

    /// <exception cref="UserMistakeException">The checkpoint has no such counter.</exception>
    long ReadInt64(string name);
}

/// <summary>Groups the names of one part under a prefix and a dot.</summary>
public static class StateScopes
{
    public static IStateWriter Under(this IStateWriter writer, string prefix) => new PrefixedWriter(writer, prefix + ".");

    /// <summary>A counter that counts.</summary>
    /// <exception cref="UserMistakeException">There is none of this name, or it is below 0.</exception>
    public static long ReadCount(this IStateReader reader, string name)
    {
        var count = reader.ReadInt64(name);
        return count >= 0 ? count
            : throw new UserMistakeException($"The counter '{name}' of the saved state is {count}, expected is at least 0: it is damaged. Use another checkpoint.");
    }

    public static IStateReader Under(this IStateReader reader, string prefix) => new PrefixedReader(reader, prefix + ".");

    private sealed class PrefixedWriter(IStateWriter writer, string prefix) : IStateWriter
    {
        public void Write(string name, Tensor value) => writer.Write(prefix + name, value);

        public void Write(string name, long value) => writer.Write(prefix + name, value);
    }

    private sealed class PrefixedReader(IStateReader reader, string prefix) : IStateReader
    {
        public void ReadInto(string name, Tensor destination) => reader.ReadInto(prefix + name, destination);

        public Tensor ReadTensor(string name) => reader.ReadTensor(prefix + name);

        public long ReadInt64(string name) => reader.ReadInt64(prefix + name);
    }
}
