using RecDeepRL.Cluster;
using RecDeepRL.Core;
using RecDeepRL.Tests.Experiments;

namespace RecDeepRL.Tests.Cluster;

public sealed class ClusterFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AnEmptyFileMeansTheDefaultsWhichOpenNothingBeyondLoopback()
    {
        var settings = Read("{}");

        Assert.Equal(new ClusterSettings(), settings);
        Assert.Equal(System.Net.IPAddress.Loopback, settings.ListeningAddress);
    }

    [Fact]
    public void WhatIsGivenIsTaken()
    {
        var settings = Read("""{ "$schema": "x", "clusterId": "a.b-c", "clustering": "postgresql", "connectionString": "Host=db", "address": "10.0.0.5", "siloPort": 12000, "gatewayPort": 13000, "device": "cuda:1", "cells": 3, /* none */ "failureSeconds": 5, }""");

        Assert.Equal(
            new ClusterSettings { ClusterId = "a.b-c", Clustering = Clustering.Postgresql, ConnectionString = "Host=db", Address = "10.0.0.5", SiloPort = 12000, GatewayPort = 13000, Device = "cuda:1", Cells = 3, FailureSeconds = 5 },
            settings);
    }

    [Fact]
    public void EveryFaultIsNamedAtOnce()
    {
        var message = Refused("""{ "siloPrt": 1, "cells": 0, "failureSeconds": "soon", "clustering": "zookeeper", "messageMegabytes": 5000 }""");

        Assert.StartsWith($"The cluster file '{_folder.PathOf("cluster.json")}' is wrong: ", message, StringComparison.Ordinal);
        Assert.Contains("unknown option 'siloPrt'. Did you mean 'siloPort'?", message, StringComparison.Ordinal);
        Assert.Contains("cells was 0, must be in [1, 1024]", message, StringComparison.Ordinal);
        Assert.Contains("failureSeconds was soon, must be a whole number in [2, 600]", message, StringComparison.Ordinal);
        Assert.Contains("clustering was zookeeper, must be one of localhost, postgresql, redis", message, StringComparison.Ordinal);
        Assert.Contains("messageMegabytes was 5000, must be in [1, 1024]", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "address": "10.0.0.5" }""", "clustering localhost is for one machine")]
    [InlineData("""{ "connectionString": "Host=db" }""", "clustering localhost has no data base")]
    [InlineData("""{ "clustering": "postgresql", "address": "db.example" }""", "address was db.example")]
    [InlineData("""{ "certificate": "a.pfx" }""", "certificate and trustedCertificate go together")]
    [InlineData("""{ "trustedCertificate": "a.pem" }""", "certificate and trustedCertificate go together")]
    [InlineData("""{ "kubernetes": true }""", "kubernetes is true, but clustering localhost is for one machine")]
    [InlineData("""{ "kubernetes": true, "clustering": "redis", "address": "10.0.0.5" }""", "leave address out")]
    [InlineData("""{ "kubernetes": "often" }""", "kubernetes was often, must be true or false")]
    [InlineData("""{ "openTelemetry": "localhost:4317" }""", "openTelemetry was localhost:4317, must be the address of a collector such as http://localhost:4317")]
    [InlineData("""{ "openTelemetryProtocol": "udp" }""", "openTelemetryProtocol was udp, must be one of grpc, http")]
    [InlineData("""{ "memoryMegabytes": 50 }""", "memoryMegabytes was 50, must be in [100, 10000000]")]
    [InlineData("""{ "siloPort": 30003 }""", "must be at least 8 apart")]
    [InlineData("""{ "siloPort": 65530 }""", "siloPort was 65530, must be at most 65528")]
    [InlineData("""{ "device": "gpu" }""", "device was gpu, must be cpu, cuda, cuda:N")]
    [InlineData("""{ "clusterId": "a b" }""", "clusterId must be 1 to 100 letters")]
    [InlineData("[1]", "no JSON object")]
    [InlineData("{", "not valid JSON")]
    public void WhatDoesNotGoTogetherIsRefused(string text, string expected) => Assert.Contains(expected, Refused(text), StringComparison.Ordinal);

    [Fact]
    public void AFileThatIsNotThereIsNamed() =>
        Assert.Contains("configs/cluster.json", Assert.Throws<UserMistakeException>(() => ClusterFile.Read(_folder.PathOf("absent.json"))).Message, StringComparison.Ordinal);

    [Fact]
    public void PostgresqlWithoutAConnectionSaysWhereToPutIt()
    {
        var message = Assert.Throws<UserMistakeException>(() => Membership.ConnectionString(new ClusterSettings { Clustering = Clustering.Postgresql, ConnectionString = " " })).Message;

        Assert.Contains("connectionString", message, StringComparison.Ordinal);
        Assert.Contains(ClusterSettings.ConnectionVariable, message, StringComparison.Ordinal);
    }

    [Fact]
    public void CertificatesAreLookedForBesideTheFile()
    {
        var settings = Read("""{ "certificate": "keys/own.pfx", "trustedCertificate": "/etc/authority.pem" }""");

        Assert.Equal(_folder.PathOf("keys/own.pfx"), settings.Certificate);
        Assert.Equal("/etc/authority.pem", settings.TrustedCertificate);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("db:6379,colour=red")]
    [InlineData(",")]
    public void RedisWithoutAConnectionOfItsFormSaysWhatItIs(string? text)
    {
        var message = Assert.Throws<UserMistakeException>(() => Membership.Check(new ClusterSettings { Clustering = Clustering.Redis, ConnectionString = text })).Message;

        Assert.Contains("db:6379", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private string Refused(string text) => Assert.Throws<UserMistakeException>(() => Read(text)).Message;

    private ClusterSettings Read(string text)
    {
        var path = _folder.PathOf("cluster.json");
        File.WriteAllText(path, text);
        return ClusterFile.Read(path);
    }
}
