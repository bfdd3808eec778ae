using System.Diagnostics;
using System.Globalization;

namespace RecDeepRL.EndToEndTests;

/// <summary>A Redis of a test's own: a folder that is gone afterwards, a free port of loopback, nothing kept on disk.</summary>
internal sealed class TemporaryRedis : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recdeeprl-redis-").FullName;
    private readonly Process _server;

    /// <param name="program">See <see cref="Find"/>.</param>
    public TemporaryRedis(string program)
    {
        var port = Workers.FreePorts(1).ToString(CultureInfo.InvariantCulture);
        ConnectionString = "127.0.0.1:" + port;
        _server = Process.Start(new ProcessStartInfo(program, ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", _folder])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        })!;
        var watch = Stopwatch.StartNew();
        string? line;
        while ((line = _server.StandardOutput.ReadLine()) is not null && !line.Contains("eady to accept connections", StringComparison.Ordinal))
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), "Redis was not ready within a minute: " + line);
        Assert.True(line is not null, "Redis did not start");
        _ = Task.Run(_server.StandardOutput.ReadToEnd);
    }

    /// <summary>As StackExchange.Redis reads it.</summary>
    public string ConnectionString { get; }

    /// <summary>The program; none where it is not installed.</summary>
    public static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, "redis-server")).FirstOrDefault(File.Exists);

    public void Dispose()
    {
        _server.Kill();
        _server.WaitForExit();
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
