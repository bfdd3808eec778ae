using System.Diagnostics;
using System.Text.Json;
using RecDeepRL.Cluster;
using RecDeepRL.Core;
using RecDeepRL.Tests.Experiments;

namespace RecDeepRL.Tests.Cluster;

/// <summary>Workers that demand certificates.</summary>
[Collection(nameof(HostedWorkers))]
public sealed class SecureWorkersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificates _ours;
    private readonly TestCertificates _strangers;

    public SecureWorkersTests() => (_ours, _strangers) = (new(_folder.Path), new(_folder.Path, "stranger"));

    public void Dispose()
    {
        _ours.Dispose();
        _strangers.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task WhoHasNoTrustedCertificateIsRefusedAndTheOthersAreServed()
    {
        await using var workers = await HostedWorkers.StartAsync(_ours.Settings(_ours.Issue("worker.pfx")));
        var client = workers.Settings with { Certificate = _ours.IssueForClients("client.pem") };
        Assert.Equal(2, await workers.CompareAsync(client));

        // Without TLS at all, with a certificate that a stranger has issued, and from one who takes strangers for workers.
        var plain = await RefusedAsync(workers, workers.Settings with { Certificate = null, TrustedCertificate = null });
        var stranger = await RefusedAsync(workers, client with { Certificate = _strangers.IssueForClients("theirs.pem") });
        var mistaken = await RefusedAsync(workers, client with { TrustedCertificate = _strangers.Trusted });

        Assert.Contains("with the same file.", plain, StringComparison.Ordinal);
        Assert.All([stranger, mistaken], message => Assert.Contains("must be trusted by each other", message, StringComparison.Ordinal));
        // Another worker that is trusted joins, and both go on.
        await workers.AddAsync();
        Assert.Equal(2, await workers.CompareAsync(client));
    }

    [Fact]
    public async Task AStrangersWorkerDoesNotJoin()
    {
        await using var workers = await HostedWorkers.StartAsync(_ours.Settings(_ours.Issue("worker.pem")));

        var (exitCode, said) = await JoinAsync(workers.Settings, _strangers.Issue("theirs.pem"));

        Assert.Equal(2, exitCode);
        Assert.Contains("with a certificate that it trusts", said, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', said.TrimEnd());
        Assert.Equal(2, await workers.CompareAsync());
    }

    [Fact]
    public async Task AWorkerWithoutTlsIsNotBelieved()
    {
        await using var workers = await HostedWorkers.StartAsync();

        Assert.Contains("must be trusted by each other", await RefusedAsync(workers, workers.Settings with { Certificate = _ours.Issue("client.pem"), TrustedCertificate = _ours.Trusted }), StringComparison.Ordinal);
        Assert.Equal(2, await workers.CompareAsync());
    }

    /// <summary>Starts a worker in a process of its own, that it ends in: where Orleans does not come to run, it leaves loops behind that take every core.</summary>
    private async Task<(int ExitCode, string Said)> JoinAsync(ClusterSettings settings, string certificate)
    {
        var file = _folder.PathOf("joining.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new
        {
            clusterId = settings.ClusterId,
            siloPort = settings.SiloPort,
            gatewayPort = settings.GatewayPort,
            workersPerMachine = settings.WorkersPerMachine,
            failureSeconds = settings.FailureSeconds,
            cells = settings.Cells,
            certificate,
            trustedCertificate = settings.TrustedCertificate,
        }));
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "RecDeepRL.dll"), "worker", "--cluster", file]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2)); // One that did join would stay.
        try
        {
            var said = await process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, said);
        }
        finally
        {
            process.Kill();
        }
    }

    private static async Task<string> RefusedAsync(HostedWorkers workers, ClusterSettings settings)
    {
        var message = (await Assert.ThrowsAsync<UserMistakeException>(() => workers.CompareAsync(settings))).Message;
        Assert.StartsWith("No worker of the cluster 'hosted' answers", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        return message;
    }
}
