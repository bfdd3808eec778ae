using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace RecDeepRL.Reporting.Dashboard;

/// <summary>Which requests are answered.</summary>
/// <param name="address">Where the server listens.</param>
/// <remarks>A page of another site that is open in the same browser can send requests here. It cannot read the answers, unless its name is made to
/// mean this address (DNS rebinding): so a request must call this server by an address, or by a name that only this machine has. And
/// whatever changes something must come from this server's own page and bring its token.</remarks>
internal sealed class RequestRules(IPAddress address)
{
    /// <summary>The header with the token.</summary>
    public const string TokenHeader = "X-RecDeepRL-Token";

    /// <summary>What the page must send with a request that changes something; new in every process.</summary>
    public string Token { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>Whether the name in the Host header is one that this server goes by.</summary>
    public bool AllowsHost(string host)
    {
        if (host is "localhost")
            return true;
        if (!IPAddress.TryParse(host, out var literal))
            return !IPAddress.IsLoopback(address) && string.Equals(host, Environment.MachineName, StringComparison.OrdinalIgnoreCase);
        return IPAddress.IsLoopback(literal) || !IPAddress.IsLoopback(address);
    }

    /// <summary>Whether a request may change something, and why not.</summary>
    /// <returns>None where it may.</returns>
    public string? RefusalToChange(HttpRequest request)
    {
        if (request.HttpContext.Connection.RemoteIpAddress is not { } remote || !IPAddress.IsLoopback(remote))
            return "Runs can be stopped from this machine only.";
        if (request.Headers.Origin.ToString() != $"{request.Scheme}://{request.Host.Value}")
            return "The request does not come from this page.";
        if (request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin"))
            return "The request comes from another site.";
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(request.Headers[TokenHeader].ToString()), Encoding.UTF8.GetBytes(Token))
            ? null
            : "The request lacks the token of this page. Load the page anew.";
    }
}
