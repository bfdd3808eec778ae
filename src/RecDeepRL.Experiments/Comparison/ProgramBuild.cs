using System.Reflection;
using System.Security.Cryptography;

namespace RecDeepRL.Experiments.Comparison;

/// <summary>Tells two builds of the program apart by what they compute with.</summary>
public static class ProgramBuild
{
    /// <summary>Twelve hexadecimal digits, hashed from the identities that the compiler gave to the rooms of agents, environments, data, core and loop.
    /// The same sources, compiled at the same place, give the same digits.</summary>
    public static string Of(Catalog catalog)
    {
        var assemblies = catalog.Agents.Select(one => one.OptionsType.Assembly).Concat(catalog.Environments.Select(one => one.OptionsType.Assembly))
            .Append(typeof(Core.IAgent).Assembly).Append(typeof(ProgramBuild).Assembly);
        // Data is known to the environments only.
        var rooms = assemblies.Concat(assemblies.SelectMany(one => one.GetReferencedAssemblies()).Where(one => one.Name!.StartsWith("RecDeepRL.", StringComparison.Ordinal)).Select(Assembly.Load));
        var identities = rooms.Distinct().OrderBy(one => one.GetName().Name, StringComparer.Ordinal).SelectMany(one => one.ManifestModule.ModuleVersionId.ToByteArray());
        return Convert.ToHexStringLower(SHA256.HashData([.. identities]))[..12];
    }
}
