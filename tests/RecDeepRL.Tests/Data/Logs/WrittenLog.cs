using RecDeepRL.Core;
using RecDeepRL.Data.Logs;
using RecDeepRL.Tests.Agents;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Data.Logs;

/// <summary>A log that a test writes round by round; users have the keys 100, 101, …, items 3, 10, 17, ….</summary>
internal sealed class WrittenLog : IDisposable
{
    public WrittenLog() => Folder = Path.Combine(Parent, "log");

    private string Parent { get; } = Directory.CreateTempSubdirectory("recdeeprl-log-").FullName;

    public string Folder { get; }

    public string PathOf(string name) => Path.Combine(Folder, name);

    public static Population People(int users = 50, int items = 20) =>
        new([.. Enumerable.Range(0, users).Select(user => 100L + user)], [.. Enumerable.Range(0, items).Select(item => 3L + (7 * item))]);

    public static LoggedRun Run(int slateSize, string agent = "random") => new(
        0, agent, new Dictionary<string, string>(), "toy", new Dictionary<string, string> { ["users"] = "50" }, null, "0123456789abcdef", slateSize, 1);

    public InteractionLogWriter Open(bool append = false, int slateSize = 2, Population? population = null, Action? beforeWriting = null) =>
        InteractionLogWriter.Open(Folder, append, Run(slateSize), population ?? People(), beforeWriting);

    /// <summary>Rounds in which every user is shown the items (user + round + slot) mod 20 and responds to the even ones.</summary>
    public void Write(int rounds, bool append = false, int slateSize = 2, int users = 50, IExplainsSlates? agent = null)
    {
        using var population = People(users);
        using var writer = Open(append, slateSize, population);
        for (var round = 0; round < rounds; round++)
        {
            using var scope = NewDisposeScope();
            writer.Add(Round(writer.NextIteration, users, slateSize), agent);
        }
        writer.Complete();
    }

    public static Feedback Round(long round, int users = 50, int slateSize = 2)
    {
        var observation = Toy.Observe(users, iteration: round, drawKey: round);
        var slates = observation.UserIds.unsqueeze(1).add(arange(slateSize, ScalarType.Int64)).add(round).remainder(20);
        return Toy.Feedback(observation, slates, slates.remainder(2).eq(0).to_type(ScalarType.Float32));
    }

    public void Dispose() => Directory.Delete(Parent, recursive: true);
}
