using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace RecDeepRL.Core.Options;

/// <summary>Reads doc comments at run time from the XML file that the compiler writes beside each assembly, so that help texts and code cannot disagree.</summary>
internal static partial class DocumentationComments
{
    private static readonly ConcurrentDictionary<Assembly, IReadOnlyDictionary<string, string>> s_files = new();

    /// <returns>The summary on one line, or nothing where there is none.</returns>
    public static string SummaryOf(PropertyInfo property)
    {
        var summaries = s_files.GetOrAdd(property.DeclaringType!.Assembly, Read);
        return summaries.GetValueOrDefault($"P:{property.DeclaringType.FullName!.Replace('+', '.')}.{property.Name}", "");
    }

    private static Dictionary<string, string> Read(Assembly assembly)
    {
        var path = Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".xml");
        if (!File.Exists(path))
            return [];
        return XDocument.Load(path).Descendants("member")
            .Where(member => member.Attribute("name") is not null && member.Element("summary") is not null)
            .ToDictionary(member => member.Attribute("name")!.Value, member => Space().Replace(Flatten(member.Element("summary")!), " ").Trim());
    }

    private static string Flatten(XElement element) => string.Concat(element.Nodes().Select(node => node switch
    {
        XText text => text.Value,
        XElement see when see.Attribute("cref") is { } target => target.Value.Split('.')[^1],
        XElement see when see.Attribute("name") is { } target => target.Value,
        XElement inner => Flatten(inner),
        _ => "",
    }));

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
