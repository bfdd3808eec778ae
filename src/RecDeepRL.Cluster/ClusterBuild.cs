using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Comparison;

namespace RecDeepRL.Cluster;

/// <summary>Tells builds of the program apart that would not give the same numbers, or do not speak the same language: a worker carries out runs for clients of its own build.</summary>
public static class ClusterBuild
{
    /// <summary>What <see cref="ProgramBuild"/> says, and eight hexadecimal digits more for this room.</summary>
    public static string Of(Catalog catalog) => $"{ProgramBuild.Of(catalog)}-{Convert.ToHexStringLower(typeof(ClusterBuild).Module.ModuleVersionId.ToByteArray()[..4])}";
}
