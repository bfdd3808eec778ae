using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace RecDeepRL.Reporting.Dashboard;

/// <summary>The page and what it consists of: a fixed set of files out of the assembly, never out of the file system.</summary>
internal static class DashboardPage
{
    /// <summary>Nothing but files of this server, no script or style in the markup: a name of a run that should ever end up there as markup does nothing.</summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly (string Path, string Asset, string Type)[] s_files =
    [
        ("/", "dashboard.html", "text/html; charset=utf-8"),
        ("/theme.css", "theme.css", "text/css; charset=utf-8"),
        ("/dashboard.css", "dashboard.css", "text/css; charset=utf-8"),
        ("/theme.js", "theme.js", "text/javascript; charset=utf-8"),
        ("/dashboard.js", "dashboard.js", "text/javascript; charset=utf-8"),
        ("/dashboard-chart.js", "dashboard-chart.js", "text/javascript; charset=utf-8"),
        ("/echarts.min.js", "echarts.min.js", "text/javascript; charset=utf-8"),
        ("/icon.svg", "icon.svg", "image/svg+xml"),
    ];

    /// <summary>What answers a request for each file, by path.</summary>
    public static IEnumerable<(string Path, RequestDelegate Answer)> Files => s_files.Select(file =>
    {
        var bytes = new Lazy<(byte[] Content, string Tag)>(() =>
        {
            var content = Asset.Bytes(file.Asset);
            return (content, $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..32]}\"");
        });
        return (file.Path, (RequestDelegate)(context => Answer(context, bytes.Value.Content, bytes.Value.Tag, file.Type)));
    });

    private static async Task Answer(HttpContext context, byte[] content, string tag, string type)
    {
        // Kept by the browser, and asked about each time: the program may be another one now.
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.ETag = tag;
        if (context.Request.Headers.IfNoneMatch == tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        context.Response.ContentType = type;
        context.Response.ContentLength = content.Length;
        await context.Response.Body.WriteAsync(content, context.RequestAborted).ConfigureAwait(false);
    }
}
