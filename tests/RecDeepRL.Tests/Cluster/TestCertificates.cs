using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RecDeepRL.Cluster;

namespace RecDeepRL.Tests.Cluster;

/// <summary>An authority of a test's own that issues certificates into a folder.</summary>
internal sealed class TestCertificates : IDisposable
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly string _folder;
    private readonly X509Certificate2 _authority;

    public TestCertificates(string folder, string name = "authority")
    {
        _folder = folder;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.Now.AddYears(-2), DateTimeOffset.Now.AddYears(1));
        Trusted = Path.Combine(folder, name + ".pem");
        File.WriteAllText(Trusted, _authority.ExportCertificatePem());
    }

    /// <summary>The authority's certificate, as PEM.</summary>
    public string Trusted { get; }

    /// <summary>Settings of one who presents a certificate of this authority and trusts it.</summary>
    public ClusterSettings Settings(string certificate) => new() { Certificate = certificate, TrustedCertificate = Trusted };

    /// <returns>Path of a file with a certificate and its key: PKCS#12 where the name ends in .pfx, else PEM.</returns>
    public string Issue(string name, string? password = null, string[]? uses = null, DateTimeOffset? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var oids = new OidCollection();
        foreach (var use in uses ?? [ServerUse, ClientUse])
            oids.Add(new Oid(use));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(oids, true));
        var end = until ?? DateTimeOffset.Now.AddMonths(1);
        using var issued = request.Create(_authority, end.AddMonths(-3), end, RandomNumberGenerator.GetBytes(8));
        using var certificate = issued.CopyWithPrivateKey(key);
        var path = Path.Combine(_folder, name);
        if (name.EndsWith(".pfx", StringComparison.Ordinal))
            File.WriteAllBytes(path, certificate.Export(X509ContentType.Pkcs12, password));
        else
        {
            var keyText = password is null
                ? key.ExportPkcs8PrivateKeyPem()
                : key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
            File.WriteAllText(path, certificate.ExportCertificatePem() + "\n" + keyText);
        }
        return path;
    }

    public string IssueForClients(string name) => Issue(name, uses: [ClientUse]);

    public void Dispose() => _authority.Dispose();
}
