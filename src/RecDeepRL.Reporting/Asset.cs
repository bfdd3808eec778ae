using System.Reflection;

namespace RecDeepRL.Reporting;

/// <summary>The files that pages are made of, as they lie in the assembly: scripts, style sheets, the charting library.</summary>
internal static class Asset
{
    /// <param name="name">Such as <c>theme.css</c>.</param>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static byte[] Bytes(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new ArgumentException($"There is no asset '{name}'.", nameof(name));
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
