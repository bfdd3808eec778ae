using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RecDeepRL.Reporting.Reports;

/// <summary>A report as one HTML file. The page's own parts are embedded and named by their hashes in its content security policy, so nothing else runs in it
/// and nothing is asked of a network; what was measured is data that the scripts put into the page as text.</summary>
internal static class ReportHtml
{
    private static readonly string[] s_scripts = ["echarts.min.js", "theme.js", "report-charts.js", "report.js"];
    private static readonly string[] s_styles = ["theme.css", "report.css"];

    // The encoder turns '<', '>' and '&' into escapes, so no text ends the script element that holds it, nor begins a comment there.
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new ShortNumber() },
        Encoder = JavaScriptEncoder.Default,
    };

    public static string Of(ReportDocument document)
    {
        var scripts = s_scripts.Select(Text).ToList();
        var styles = s_styles.Select(Text).ToList();
        var policy = $"default-src 'none'; script-src {Hashes(scripts)}; style-src {Hashes(styles)}; style-src-attr 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";
        var icon = Convert.ToBase64String(Asset.Bytes("icon.svg"));
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"").Append(policy).Append("\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n")
            .Append("<title>").Append(HtmlEncoder.Default.Encode(document.Title)).Append("</title>\n")
            .Append("<link rel=\"icon\" href=\"data:image/svg+xml;base64,").Append(icon).Append("\">\n");
        foreach (var style in styles)
            page.Append("<style>").Append(style).Append("</style>\n");
        page.Append("</head>\n").Append(Text("report.html").TrimEnd()).Append('\n')
            .Append("<script type=\"application/json\" id=\"report\">").Append(Json(document)).Append("</script>\n");
        foreach (var script in scripts)
            page.Append("<script>").Append(script).Append("</script>\n");
        return page.Append("</body>\n</html>\n").ToString();
    }

    /// <summary>The data of a page, safe within a script element.</summary>
    internal static string Json(ReportDocument document) => JsonSerializer.Serialize(document, s_json);

    /// <summary>As a parser of HTML sees it, which knows one kind of line ending.</summary>
    private static string Text(string asset) => Encoding.UTF8.GetString(Asset.Bytes(asset)).TrimStart('\uFEFF').ReplaceLineEndings("\n");

    private static string Hashes(IEnumerable<string> texts) => string.Join(' ', texts.Select(text => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'"));

    /// <summary>Seven digits are more than a picture shows, and half of what there would be; what is no number is null.</summary>
    private sealed class ShortNumber : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
                writer.WriteRawValue(value.ToString("G7", System.Globalization.CultureInfo.InvariantCulture));
            else
                writer.WriteNullValue();
        }
    }
}
