using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using RecDeepRL.Reporting.Reports;

namespace RecDeepRL.Tests.Reporting.Reports;

/// <summary>What becomes of texts in pages and in Markdown, whatever they hold.</summary>
public sealed partial class ReportTextTests
{
    private const string Hostile = "</script><script>alert(1)</script><!--<img src=x onerror=alert(2)>|`*_[a](b)&amp;\u2028";

    [Fact]
    public void NoTextEndsTheScriptThatHoldsIt()
    {
        var html = ReportHtml.Of(Document());

        // The data and four scripts, none more; the title is the only text outside of the data.
        Assert.Equal(5, Regex.Count(html, "<script[ >]", RegexOptions.IgnoreCase));
        Assert.DoesNotContain("<img src=x", html, StringComparison.Ordinal);
        Assert.DoesNotContain("alert(1)</script>", html, StringComparison.Ordinal);
        var data = Data().Match(html).Groups[1].Value;
        Assert.DoesNotContain('<', data);
        using var parsed = JsonDocument.Parse(data);
        Assert.Equal(Hostile, parsed.RootElement.GetProperty("title").GetString());
        Assert.Equal(Hostile, parsed.RootElement.GetProperty("sections")[0].GetProperty("blocks")[0].GetProperty("rows")[0].GetProperty("cells")[0].GetProperty("text").GetString());
    }

    [Fact]
    public void ThePageAllowsItsOwnScriptsByTheirHashesAndNoNetwork()
    {
        var html = ReportHtml.Of(Document());
        var policy = Policy().Match(html).Groups[1].Value;

        Assert.StartsWith("default-src 'none'; script-src 'sha256-", policy, StringComparison.Ordinal);
        var scripts = Inline().Matches(html).Select(match => match.Groups[2].Value).ToList();
        Assert.Equal(6, scripts.Count);
        Assert.All(scripts, script => Assert.Contains($"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)))}'", policy, StringComparison.Ordinal));
        Assert.DoesNotContain("connect-src", policy, StringComparison.Ordinal);
        // What is left without the embedded parts names no other file, and has no handlers.
        var markup = Inline().Replace(html, "");
        Assert.Equal(0, Regex.Count(markup, "(src|href)=\"?(http|/)", RegexOptions.IgnoreCase));
        Assert.Equal(0, Regex.Count(Data().Replace(markup, ""), "<[^>]* on[a-z]+=", RegexOptions.IgnoreCase));
    }

    [Fact]
    public void NumbersAreShortAndWhatIsNoneIsNull()
    {
        var json = ReportHtml.Json(Document() with
        {
            Sections = [new("one", "One", [new LineChart { Id = "a", Title = "a", Description = "a", Lines = [new ChartLine("a", 0, true, [1, 2], [1 / 3.0, double.NaN], [], [])] }])],
        });

        Assert.Contains("\"x\":[1,2],\"y\":[0.3333333,null]", json, StringComparison.Ordinal);
    }

    [Fact]
    public void MarkdownKeepsTextsAsTexts()
    {
        var text = ReportMarkdown.Of(Document(), pictures: null);

        Assert.DoesNotContain("<script", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", text, StringComparison.Ordinal);
        // A row of two cells has three bars that are not escaped.
        var row = Assert.Single(text.Split('\n'), line => line.EndsWith("| 0.7500 |", StringComparison.Ordinal));
        Assert.Equal(3, Regex.Count(row, @"(?<!\\)\|"));
        Assert.Contains("\\`\\*\\_\\[a\\](b)&amp;amp;", row, StringComparison.Ordinal);
        // The code holds three ticks, so its fence has four.
        Assert.Contains("\n````\na ``` b\n````\n", text, StringComparison.Ordinal);
    }

    private static ReportDocument Document() => new()
    {
        Title = Hostile,
        Headline = Hostile,
        Sections = [new("one", Hostile, [new ReportTable("caption", [new("agent", IsNumber: false), new("score")], [new([Hostile, new("0.7500", .75)])]), new ReportCode("code", "a ``` b")])],
    };

    [GeneratedRegex("<script type=\"application/json\" id=\"report\">(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Data();

    [GeneratedRegex("http-equiv=\"Content-Security-Policy\" content=\"([^\"]*)\"")]
    private static partial Regex Policy();

    [GeneratedRegex("<(script|style)>(.*?)</(script|style)>", RegexOptions.Singleline)]
    private static partial Regex Inline();
}
