using System.Security.Cryptography.X509Certificates;
using RecDeepRL.Cluster;
using RecDeepRL.Core;
using RecDeepRL.Tests.Experiments;

namespace RecDeepRL.Tests.Cluster;

public sealed class TransportSecurityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificates _ours;
    private readonly TestCertificates _strangers;

    public TransportSecurityTests() => (_ours, _strangers) = (new(_folder.Path), new(_folder.Path, "stranger"));

    public void Dispose()
    {
        _ours.Dispose();
        _strangers.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void WithoutCertificatesThereIsNone() => Assert.Null(TransportSecurity.Of(new ClusterSettings(), forWorker: true));

    [Theory]
    [InlineData("plain.pem", null)]
    [InlineData("locked.pem", "secret")]
    [InlineData("plain.pfx", null)]
    [InlineData("locked.pfx", "secret")]
    public void EveryFormIsRead(string name, string? password) =>
        Assert.NotNull(TransportSecurity.Of(_ours.Settings(_ours.Issue(name, password)), forWorker: true, password));

    [Fact]
    public void OnlyWhatATrustedOneHasIssuedOrIsTrustedItselfIsLetIn()
    {
        var own = _ours.Issue("own.pem");
        var security = TransportSecurity.Of(_ours.Settings(own), forWorker: true)!;

        Assert.True(security.Accepts(Read(_ours.Issue("other.pem")), null));
        Assert.False(security.Accepts(Read(_strangers.Issue("theirs.pem")), null));
        Assert.False(security.Accepts(Read(_ours.Issue("late.pem", until: DateTimeOffset.Now.AddDays(-1))), null));

        var pinned = TransportSecurity.Of(_ours.Settings(own) with { TrustedCertificate = own }, forWorker: true)!;
        Assert.True(pinned.Accepts(Read(own), null));
        Assert.False(pinned.Accepts(Read(_ours.Issue("another.pem")), null));
    }

    [Fact]
    public void ACertificateForClientsDoesNotMakeAWorker()
    {
        var path = _ours.IssueForClients("client.pem");

        Assert.NotNull(TransportSecurity.Of(_ours.Settings(path), forWorker: false));
        Assert.Contains("serverAuth", Refused(_ours.Settings(path)), StringComparison.Ordinal);
        // Nor is one who presents it as a server believed.
        using var asServer = new X509Chain();
        asServer.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.1"));
        var security = TransportSecurity.Of(_ours.Settings(_ours.Issue("own.pem")), forWorker: false)!;
        Assert.False(security.Accepts(Read(path), asServer));
        Assert.True(security.Accepts(Read(_ours.Issue("worker.pem")), asServer));
    }

    [Fact]
    public void WhatIsNoCertificateOfUseIsNamed()
    {
        var own = _ours.Issue("own.pem");
        var text = Write("text.pem", "nothing of the kind");
        var keyless = Write("keyless.pem", File.ReadAllText(_ours.Trusted));

        Assert.Contains($"certificate '{_folder.PathOf("absent.pfx")}' cannot be read", Refused(_ours.Settings(_folder.PathOf("absent.pfx"))), StringComparison.Ordinal);
        Assert.Contains("cannot be read", Refused(_ours.Settings(_folder.Path)), StringComparison.Ordinal);
        Assert.Contains("cannot be read", Refused(_ours.Settings(text)), StringComparison.Ordinal);
        Assert.Contains("private key", Refused(_ours.Settings(keyless)), StringComparison.Ordinal);
        Assert.Contains(ClusterSettings.CertificatePasswordVariable, Refused(_ours.Settings(_ours.Issue("wrong.pfx", "secret")), "guess"), StringComparison.Ordinal);
        Assert.Contains("which is not set", Refused(_ours.Settings(_ours.Issue("locked.pem", "secret"))), StringComparison.Ordinal);
        Assert.Contains("is valid from", Refused(_ours.Settings(_ours.Issue("late.pem", until: DateTimeOffset.Now.AddDays(-1)))), StringComparison.Ordinal);
        Assert.Contains("is valid from", Refused(_ours.Settings(_ours.Issue("early.pem", until: DateTimeOffset.Now.AddMonths(4)))), StringComparison.Ordinal);
        Assert.Contains("trustedCertificate '" + text + "' holds no certificate", Refused(_ours.Settings(own) with { TrustedCertificate = text }), StringComparison.Ordinal);
        Assert.Contains("trustedCertificate", Refused(_ours.Settings(own) with { TrustedCertificate = Write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n") }), StringComparison.Ordinal);
    }

    private static string Refused(ClusterSettings settings, string? password = null)
    {
        var message = Assert.Throws<UserMistakeException>(() => TransportSecurity.Of(settings, forWorker: true, password)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    private static X509Certificate2 Read(string path) => X509Certificate2.CreateFromPem(File.ReadAllText(path));

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder.PathOf(name), text);
        return _folder.PathOf(name);
    }
}
