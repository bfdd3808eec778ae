using System.Net;
using RecDeepRL.Reporting.Dashboard;

namespace RecDeepRL.Tests.Reporting.Dashboard;

public sealed class RequestRulesTests
{
    [Theory]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.0.0.9", true)]
    [InlineData("::1", true)]
    [InlineData("", false)]
    [InlineData("evil.example", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("192.168.0.5", false)]
    [InlineData("0.0.0.0", false)]
    public void OnThisMachineAloneOnlyItsOwnNamesAreAllowed(string host, bool allowed) =>
        Assert.Equal(allowed, new RequestRules(IPAddress.Loopback).AllowsHost(host));

    [Fact]
    public void ToOthersItMayBeCalledByAddressOrByTheMachinesNameButByNoOther()
    {
        var rules = new RequestRules(IPAddress.Any);

        Assert.True(rules.AllowsHost("192.168.0.5"));
        Assert.True(rules.AllowsHost(Environment.MachineName));
        Assert.False(rules.AllowsHost("evil.example"));
    }

    [Fact]
    public void EveryProcessHasATokenOfItsOwn() => Assert.NotEqual(new RequestRules(IPAddress.Loopback).Token, new RequestRules(IPAddress.Loopback).Token);
}
