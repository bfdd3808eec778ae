using RecDeepRL.Core;

namespace RecDeepRL.Tests.Fuzzing;

/// <summary>A reader of the program, and files that it should be able to read; a case damages one of them.</summary>
internal abstract class FuzzTarget
{
    public abstract string Name { get; }

    /// <summary>Writes whole files into an empty folder.</summary>
    public abstract void Prepare(string folder);

    /// <summary>Reads the folder, one file of which is damaged.</summary>
    /// <exception cref="UserMistakeException">The one fault that a reader may show.</exception>
    public abstract void Read(string folder);

    /// <summary>Brings what guards against accidents, such as checksums, in line with a damaged file, as whoever damages it on purpose would.</summary>
    /// <param name="file">Relative to the folder.</param>
    public virtual void Forge(string folder, string file) { }

    /// <summary>Whether a file is damaged, or left as it is.</summary>
    /// <param name="file">Relative to the folder.</param>
    public virtual bool Damages(string file) => true;
}
