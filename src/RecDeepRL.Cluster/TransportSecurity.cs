using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;

namespace RecDeepRL.Cluster;

/// <summary>Mutual TLS between workers, and between clients and workers: each presents its certificate, and takes only those that a trusted one has issued, or that are trusted themselves.</summary>
/// <remarks>Who has such a certificate is in; names in certificates are not compared, since workers come and go at any address.</remarks>
internal sealed class TransportSecurity
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    /// <summary>More than any file of certificates has.</summary>
    private const int MostBytes = 1_000_000;

    private readonly X509Certificate2 _own;
    private readonly X509Certificate2Collection _trusted;
    private readonly TimeSpan _patience;

    private TransportSecurity(X509Certificate2 own, X509Certificate2Collection trusted, TimeSpan patience) => (_own, _trusted, _patience) = (own, trusted, patience);

    /// <summary>Reads the certificates that the settings name.</summary>
    /// <param name="forWorker">A worker is a server and a client of others; a client is a client only.</param>
    /// <param name="password">Of the own certificate; none for that of the environment.</param>
    /// <returns>None where the settings name none: traffic is not encrypted.</returns>
    /// <exception cref="UserMistakeException">A file cannot be read, is no certificate of use here, or its time is not now.</exception>
    public static TransportSecurity? Of(ClusterSettings settings, bool forWorker, string? password = null) => settings.Certificate is null || settings.TrustedCertificate is null
        ? null
        : new(
            Own(settings.Certificate, password ?? Environment.GetEnvironmentVariable(ClusterSettings.CertificatePasswordVariable), forWorker ? [ServerUse, ClientUse] : [ClientUse]),
            Trusted(settings.TrustedCertificate),
            settings.FailureTime < TimeSpan.FromSeconds(10) ? settings.FailureTime : TimeSpan.FromSeconds(10));

    public void Protect(ISiloBuilder silo) => silo.UseTls(Apply);

    public void Protect(IClientBuilder client) => client.UseTls(Apply);

    /// <summary>Whether another's certificate is one of those that are let in.</summary>
    /// <param name="received">What the other sent along, and what its certificate is to be used for; none for nothing.</param>
    public bool Accepts(X509Certificate2 certificate, X509Chain? received)
    {
        if (_trusted.Any(one => one.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span)))
            return IsOfToday(certificate);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_trusted);
        // Authorities of a cluster of one's own publish no lists, and nothing is to be fetched because a stranger's certificate says so.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (received is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(received.ChainPolicy.ExtraStore);
            foreach (var use in received.ChainPolicy.ApplicationPolicy)
                chain.ChainPolicy.ApplicationPolicy.Add(use);
        }
        return chain.Build(certificate);
    }

    private static bool IsOfToday(X509Certificate2 certificate) => certificate.NotBefore <= DateTime.Now && DateTime.Now <= certificate.NotAfter;

    private void Apply(TlsOptions options)
    {
        options.LocalCertificate = _own;
        options.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.RemoteCertificateValidation = (certificate, chain, faults) => !faults.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) && Accepts(certificate, chain);
        options.HandshakeTimeout = _patience;
        options.OnAuthenticateAsClient = (_, client) => client.TargetHost = "recdeeprl";
    }

    private static X509Certificate2 Own(string path, string? password, string[] uses)
    {
        var bytes = Read("certificate", path);
        var text = System.Text.Encoding.Latin1.GetString(bytes);
        X509Certificate2 certificate;
        try
        {
            certificate = !text.Contains("-----BEGIN ", StringComparison.Ordinal) ? X509CertificateLoader.LoadPkcs12(bytes, password)
                : text.Contains("BEGIN ENCRYPTED PRIVATE KEY", StringComparison.Ordinal) ? X509Certificate2.CreateFromEncryptedPem(text, text, password ?? "")
                : X509Certificate2.CreateFromPem(text, text);
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            throw Wrong("certificate", path, $"cannot be read: {OptionText.FirstLine(fault.Message)}",
                $"It must be PKCS#12 or PEM and hold the private key too; its password, if it has one, belongs into the environment variable {ClusterSettings.CertificatePasswordVariable}{(password is null ? ", which is not set" : "")}.", fault);
        }
        if (!certificate.HasPrivateKey)
            throw Wrong("certificate", path, "has no private key", "Make a file that holds both, such as with 'openssl pkcs12 -export'.");
        var allowed = certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().SelectMany(one => one.EnhancedKeyUsages.Cast<Oid>().Select(use => use.Value)).ToList();
        if (allowed.Count > 0 && uses.Except(allowed).Any())
            throw Wrong("certificate", path, "must not be used for this", "Its extended key usage must name clientAuth, and for workers serverAuth too, or be absent.");
        RequireToday("certificate", path, certificate);
        return certificate;
    }

    private static X509Certificate2Collection Trusted(string path)
    {
        var bytes = Read("trustedCertificate", path);
        var trusted = new X509Certificate2Collection();
        try
        {
            trusted.ImportFromPem(System.Text.Encoding.Latin1.GetString(bytes));
        }
        catch (CryptographicException fault)
        {
            throw Wrong("trustedCertificate", path, $"cannot be read: {OptionText.FirstLine(fault.Message)}", "It must hold certificates as PEM, without keys.", fault);
        }
        if (trusted.Count == 0)
            throw Wrong("trustedCertificate", path, "holds no certificate", "It must hold certificates as PEM, which begin with -----BEGIN CERTIFICATE-----.");
        foreach (var one in trusted)
            RequireToday("trustedCertificate", path, one);
        return trusted;
    }

    private static byte[] Read(string setting, string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MostBytes } large)
                throw new IOException($"It has {large.Length} bytes, more than certificates have.");
            return File.ReadAllBytes(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Wrong(setting, path, $"cannot be read: {OptionText.FirstLine(fault.Message)}", "A relative path is relative to the folder of the cluster file.", fault);
        }
    }

    private static void RequireToday(string setting, string path, X509Certificate2 certificate)
    {
        if (!IsOfToday(certificate))
            throw Wrong(setting, path, $"is valid from {certificate.NotBefore:yyyy-MM-dd HH:mm} to {certificate.NotAfter:yyyy-MM-dd HH:mm}, now it is {DateTime.Now:yyyy-MM-dd HH:mm}", "Give one that is valid, or set the clock.");
    }

    private static UserMistakeException Wrong(string setting, string path, string what, string advice, Exception? fault = null) =>
        fault is null ? new($"The {setting} '{path}' {what}. {advice}") : new($"The {setting} '{path}' {what}. {advice}", fault);
}
