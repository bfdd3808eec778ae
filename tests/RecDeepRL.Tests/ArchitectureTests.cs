using System.Reflection;
using System.Xml.Linq;
using RecDeepRL.Agents;
using RecDeepRL.Core;
using RecDeepRL.Simulation;

namespace RecDeepRL.Tests;

/// <summary>Arrows point inward only, and only what runs carries a libtorch.</summary>
public sealed class ArchitectureTests
{
    /// <summary>Whom each room may know. Rooms that are not there yet may appear without a change here.</summary>
    private static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["RecDeepRL.Core"] = [],
        ["RecDeepRL.Data"] = ["RecDeepRL.Core"],
        ["RecDeepRL.Simulation"] = ["RecDeepRL.Core", "RecDeepRL.Data"],
        ["RecDeepRL.Agents"] = ["RecDeepRL.Core"],
        ["RecDeepRL.Experiments"] = ["RecDeepRL.Core"],
        ["RecDeepRL.Reporting"] = ["RecDeepRL.Core", "RecDeepRL.Experiments"],
        ["RecDeepRL.Cluster"] = ["RecDeepRL.Core", "RecDeepRL.Data", "RecDeepRL.Experiments", "RecDeepRL.Agents", "RecDeepRL.Simulation"],
    };

    public static TheoryData<string> Rooms =>
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories).Select(path => Path.GetFileNameWithoutExtension(path))];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void ARoomRefersOnlyToRoomsFurtherIn(string room)
    {
        var project = XDocument.Load(Path.Combine(Repository.Root, "src", room, room + ".csproj"));
        var references = project.Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
        Assert.True(s_allowed.ContainsKey(room), $"{room} is a room that the design does not know");
        Assert.Empty(references.Except(s_allowed[room]));
    }

    [Fact]
    public void CompiledRoomsReferOnlyToRoomsFurtherIn()
    {
        foreach (var assembly in new[] { typeof(IAgent).Assembly, typeof(EnvironmentRegistry).Assembly, typeof(AgentRegistry).Assembly }
            .Concat(new[] { "RecDeepRL.Data", "RecDeepRL.Experiments", "RecDeepRL.Reporting", "RecDeepRL.Cluster" }.Select(Assembly.Load)))
        {
            var references = assembly.GetReferencedAssemblies().Select(one => one.Name!).Where(name => name.StartsWith("RecDeepRL", StringComparison.Ordinal));
            Assert.Empty(references.Except(s_allowed[assembly.GetName().Name!]));
        }
    }

    [Fact]
    public void OnlyTheClusterAndTheTestsKnowOrleans()
    {
        var knowing = Directory.GetFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .Where(path => !path.StartsWith("artifacts/", StringComparison.Ordinal)
                && XDocument.Load(Path.Combine(Repository.Root, path)).Descendants("PackageReference").Any(package => package.Attribute("Include")!.Value.StartsWith("Microsoft.Orleans.", StringComparison.Ordinal)));
        Assert.Equal(["src/RecDeepRL.Cluster/RecDeepRL.Cluster.csproj", "tests/RecDeepRL.Tests/RecDeepRL.Tests.csproj"], knowing.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void OnlyTheProgramAndTestProjectsCarryALibtorch()
    {
        var projects = Directory.GetFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .Where(path => !path.StartsWith("artifacts/", StringComparison.Ordinal)).ToList();
        Assert.Contains("RecDeepRL.csproj", projects);
        var carriers = projects.Where(path =>
        {
            var project = XDocument.Load(Path.Combine(Repository.Root, path));
            return project.Descendants("Import").Any(import => import.Attribute("Project")!.Value.EndsWith("Libtorch.props", StringComparison.Ordinal))
                || project.Descendants("PackageReference").Any(package => IsLibtorch(package.Attribute("Include")?.Value ?? ""));
        }).ToList();
        Assert.Contains("RecDeepRL.csproj", carriers);
        Assert.All(carriers, path => Assert.True(path == "RecDeepRL.csproj" || path.StartsWith("tests/", StringComparison.Ordinal), $"{path} carries a libtorch"));

        static bool IsLibtorch(string package) =>
            package.StartsWith("libtorch", StringComparison.OrdinalIgnoreCase) || package.StartsWith("TorchSharp-", StringComparison.OrdinalIgnoreCase);
    }
}
