using System.Diagnostics;

namespace RecDeepRL.EndToEndTests;

/// <summary>A PostgreSQL of a test's own: a folder that is gone afterwards, a free port of loopback, nobody asked for a password.</summary>
internal sealed class TemporaryPostgres : IDisposable
{
    private const string User = "postgres";

    private readonly string _folder = Directory.CreateTempSubdirectory("recdeeprl-postgres-").FullName;
    private readonly Process _server;

    /// <param name="programs">See <see cref="Find"/>.</param>
    public TemporaryPostgres(string programs)
    {
        var (data, port) = (Path.Combine(_folder, "data"), Workers.FreePorts(1));
        ConnectionString = $"Host=127.0.0.1;Port={port};Database=postgres;Username={User}";
        if (Environment.UserName == "root")
            Finish(Start("chown", User, _folder));
        Finish(StartAsUser(Path.Combine(programs, "initdb"), "-D", data, "-A", "trust", "-U", User, "--no-sync"));
        _server = StartAsUser(Path.Combine(programs, "postgres"), "-D", data, "-c", "listen_addresses=127.0.0.1", "-c", $"port={port}", "-c", "unix_socket_directories=", "-c", "fsync=off");
        var watch = Stopwatch.StartNew();
        while (_server.StandardError.ReadLine() is { } line && !line.Contains("ready to accept connections", StringComparison.Ordinal))
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), "PostgreSQL was not ready within a minute: " + line);
        Assert.False(_server.HasExited, "PostgreSQL did not start");
        _ = Task.Run(_server.StandardError.ReadToEnd);
    }

    public string ConnectionString { get; }

    /// <summary>The folder of PostgreSQL's programs; none where it is not installed, or cannot be run: it refuses to be root.</summary>
    public static string? Find()
    {
        var debian = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")) : [];
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(debian)
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
        var canRun = Environment.UserName != "root" || (File.Exists("/usr/bin/setpriv") && File.ReadLines("/etc/passwd").Any(line => line.StartsWith(User + ":", StringComparison.Ordinal)));
        return canRun ? found : null;
    }

    public void Dispose()
    {
        // The postmaster ends at once on SIGQUIT, its children with it; a kill would leave them behind.
        Finish(Start("kill", "-QUIT", _server.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Assert.True(_server.WaitForExit(TimeSpan.FromMinutes(1)), "PostgreSQL did not end within a minute");
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static Process StartAsUser(string program, params string[] arguments) =>
        Environment.UserName == "root" ? Start("setpriv", [$"--reuid={User}", $"--regid={User}", "--clear-groups", program, .. arguments]) : Start(program, arguments);

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/" })!;

    private static void Finish(Process process)
    {
        using (process)
        {
            var error = process.StandardError.ReadToEndAsync();
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, error.Result);
        }
    }
}
