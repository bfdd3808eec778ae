using System.Text.RegularExpressions;

namespace RecDeepRL.Data.Logs;

/// <summary>What went wrong with a file of a log, in words that can stand in a message.</summary>
internal static partial class LogFault
{
    /// <summary>The text of a fault on one line, without the full stop. ParquetSharp wraps that of the library in the mangled name of a C++ type.</summary>
    public static string TextOf(Exception fault)
    {
        var text = fault.Message.ReplaceLineEndings(" ");
        return (Wrapped().Match(text) is { Success: true } wrapped ? wrapped.Groups[1].Value : text).TrimEnd('.');
    }

    [GeneratedRegex(@"^\S+ \(message: '(.*)'\)$")]
    private static partial Regex Wrapped();
}
