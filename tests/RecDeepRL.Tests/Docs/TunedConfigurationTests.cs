using System.Text.Json.Nodes;
using RecDeepRL.Agents;

namespace RecDeepRL.Tests.Docs;

/// <summary>configs/tuned: settings for every agent that competes on the original's four tasks, found on other seeds than those that are reported.</summary>
public sealed class TunedConfigurationTests
{
    /// <summary>Where <c>tune</c> begins unless told otherwise; what is reported has seeds from 1 on.</summary>
    private const int FirstTuningSeed = 1001;

    [Theory]
    [InlineData("popular")]
    [InlineData("context")]
    [InlineData("drift")]
    [InlineData("personal")]
    public void EveryAgentThatCompetesHasSettingsFoundOnSeedsOfTheirOwn(string environment)
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "configs", "tuned", environment), "*.json");

        var competing = AgentRegistry.All.Where(agent => !agent.IsBound && agent.Name != "random").Select(agent => agent.Name);
        Assert.Equal(competing.Order(StringComparer.Ordinal), files.Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal));
        Assert.All(files, path =>
        {
            var first = JsonNode.Parse(File.ReadAllText(path))!["tuned"]!["seeds"]!.GetValue<string>().Split(' ')[0];
            Assert.True(int.Parse(first) >= FirstTuningSeed, $"{path}: tuned from seed {first} on");
        });
    }
}
