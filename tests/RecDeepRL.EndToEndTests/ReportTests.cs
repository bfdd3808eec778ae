using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace RecDeepRL.EndToEndTests;

/// <summary>The report of one small comparison, made once: several agents in two environments, one of them under options that would be markup if they were taken for it.</summary>
public sealed class ReportedComparison : WorkingFolder
{
    /// <summary>What stands in an agent's options.</summary>
    public const string Hostile = "<img src=x onerror=alert(1)></script><script>alert(2)</script><!--";

    public ReportedComparison()
    {
        Run("compare", "--env", "popular,context", "--agents", "random,thompson,linucb,oracle", "--seeds", "2", "--iterations", "6", "--set", "users=100", "--jobs", "1", "--out", "made").Succeeded();
        // What a later version's option might hold, or a file that was changed by hand.
        foreach (var cell in Directory.GetFiles(PathOf("made/cells")))
        {
            var text = File.ReadAllText(cell);
            if (text.Contains("\"agent\":\"thompson\"", StringComparison.Ordinal))
                File.WriteAllText(cell, text.Replace("\"agentOptions\":\"\"", "\"agentOptions\":" + System.Text.Json.JsonSerializer.Serialize("name=" + Hostile), StringComparison.Ordinal));
        }
        Output = Run("report", "made", "--plots", "pictures").Succeeded().Output;
        Run("report", "made", "--format", "md", "--plots", "pictures").Succeeded();
    }

    public string Output { get; }

    public string Address => new Uri(PathIn("made/report.html")).AbsoluteUri;

    public string PathIn(string name) => PathOf(name);
}

[Collection(BrowserTests.Name)]
public sealed class ReportTests(Browser browser, ReportedComparison made) : IClassFixture<ReportedComparison>
{
    [SkippableFact]
    public async Task ItOpensFromDiskWithTheAnswerFirstAsksNobodyAndNamesStayText()
    {
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await page.GotoAsync(made.Address);

        await Assertions.Expect(page.Locator(".headline")).ToContainTextAsync("over 2 environments");
        await Assertions.Expect(page.Locator("#contents a")).ToHaveTextAsync(["Answer", "Over all environments", "popular, users=100, 6 iterations", "context, users=100, 6 iterations", "How to repeat it"]);
        await Assertions.Expect(page.Locator("#environment-1 tbody").First).ToContainTextAsync(ReportedComparison.Hostile);
        Assert.Equal(0, await page.Locator("main img").CountAsync());
        await page.Locator("#environment-1-learning").ScrollIntoViewIfNeededAsync();
        await Assertions.Expect(page.Locator("#environment-1-learning .chart svg")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#environment-1-learning [aria-label^='Chart: Learning curves']")).ToHaveCountAsync(1);
        watched.IsInOrder("file://");
    }

    [SkippableFact]
    public async Task ChartsThatAreDrawnLateMoveNothing()
    {
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await page.GotoAsync(made.Address);
        const string Places = "[...document.querySelectorAll('main section, main figure')].map(one => one.offsetTop)";
        const string Undrawn = "[...document.querySelectorAll('main figure')].filter(one => one.checkVisibility() && !one.querySelector('.chart svg')).length";

        var (places, undrawn) = (await page.EvaluateAsync<double[]>(Places), await page.EvaluateAsync<int>(Undrawn));
        Assert.True(undrawn > 0, "all charts are drawn at once");
        foreach (var figure in await page.Locator("main figure:visible").AllAsync())
            await figure.ScrollIntoViewIfNeededAsync();
        // The page forbids what WaitForFunctionAsync is made of.
        for (var waits = 0; waits < 100 && await page.EvaluateAsync<int>(Undrawn) > 0; waits++)
            await Task.Delay(100);
        Assert.Equal(0, await page.EvaluateAsync<int>(Undrawn));
        Assert.Equal(places, await page.EvaluateAsync<double[]>(Places));
        watched.IsInOrder("file://");
    }

    [SkippableFact]
    public async Task ATableIsSortedACurveIsHiddenAndTheThemeChanges()
    {
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await page.GotoAsync(made.Address);

        var table = page.Locator("#environment-1 .table-card").First;
        var header = table.Locator("thead th", new() { HasTextRegex = new Regex("^expected score") });
        await header.GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(header).ToHaveAttributeAsync("aria-sort", "descending");
        var falling = await Scores();
        await header.GetByRole(AriaRole.Button).PressAsync("Enter");
        await Assertions.Expect(header).ToHaveAttributeAsync("aria-sort", "ascending");
        Assert.Equal(falling.OrderDescending(), falling);
        Assert.Equal(falling.Order(), await Scores());

        var chart = page.Locator("#environment-1-learning");
        await chart.ScrollIntoViewIfNeededAsync();
        var linucb = chart.GetByRole(AriaRole.Button, new() { Name = "linucb", Exact = true });
        var swatch = linucb.Locator(".swatch");
        // A curve is a path in the colour that its swatch has, two points wide.
        var color = await swatch.EvaluateAsync<string>("swatch => getComputedStyle(swatch).borderTopColor");
        Assert.Equal(1, await CurvesOf(color));
        await linucb.ClickAsync();
        await Assertions.Expect(linucb).ToHaveAttributeAsync("aria-pressed", "false");
        Assert.Equal(0, await CurvesOf(color));

        var background = await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
        await page.GetByRole(AriaRole.Button, new() { Name = "Dark theme" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Light theme" })).ToBeVisibleAsync();
        Assert.NotEqual(background, await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        Assert.NotEqual(color, await swatch.EvaluateAsync<string>("swatch => getComputedStyle(swatch).borderTopColor"));
        watched.IsInOrder("file://");

        async Task<List<double>> Scores() =>
            [.. (await table.Locator("tbody tr td:nth-child(3)").AllInnerTextsAsync()).Select(text => double.Parse(text.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture))];

        Task<int> CurvesOf(string stroke) => chart.Locator("svg").EvaluateAsync<int>(
            "(svg, stroke) => [...svg.querySelectorAll('path')].filter(path => getComputedStyle(path).stroke === stroke && path.getAttribute('stroke-width') === '2').length", stroke);
    }

    [SkippableFact]
    public async Task TheDataOfAChartIsShownAndDownloadedAndAllFitsAPhone()
    {
        await using var watched = await browser.OpenAsync(new() { ViewportSize = new() { Width = 390, Height = 844 }, ColorScheme = ColorScheme.Dark });
        var page = watched.Page;
        await page.GotoAsync(made.Address);

        var chart = page.Locator("#environment-2-learning");
        await chart.GetByText("Data behind the chart").ClickAsync();
        await Assertions.Expect(chart.Locator("tbody")).ToContainTextAsync("linucb");
        var download = await page.RunAndWaitForDownloadAsync(() => chart.GetByRole(AriaRole.Button, new() { Name = "Download the data" }).ClickAsync());
        Assert.Equal("environment-2-learning.csv", download.SuggestedFilename);
        var lines = await File.ReadAllLinesAsync(await download.PathAsync());
        Assert.Equal("curve,iteration,expected responses per user,low,high", lines[0]);
        // Three agents that are no bounds and the best possible, six rounds each, and two levels to measure them by.
        Assert.Equal(1 + (4 * 6) + 2, lines.Length);
        Assert.Contains(lines, line => line.StartsWith("linucb,6,", StringComparison.Ordinal));

        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"), "the page is wider than the phone");
        Assert.True(await page.EvaluateAsync<bool>("[...document.querySelectorAll('figure, table')].every(one => one.querySelector('figcaption, caption'))"), "a table or a chart has no caption");
        Assert.All(watched.Requests, request => Assert.True(request.StartsWith("file://", StringComparison.Ordinal) || request.StartsWith("blob:", StringComparison.Ordinal), request));
    }

    [Fact]
    public void EveryChartIsDrawnAndMarkdownShowsIt()
    {
        var markdown = File.ReadAllText(made.PathIn("made/report.md"));
        Assert.StartsWith("# Comparison made: 4 agents in 2 environments\n\n**", markdown, StringComparison.Ordinal);
        Assert.Contains("![Learning curves](<../pictures/environment-1-learning.png>)", markdown, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", markdown, StringComparison.Ordinal);
        Assert.Contains("wrote made", made.Output, StringComparison.Ordinal);
        foreach (var name in new[] { "gap-by-environment", "interquartile-means", "profiles", "improvement", "environment-1-gap", "environment-1-learning", "environment-2-regret" })
        {
            Assert.True(new FileInfo(made.PathIn($"pictures/{name}.png")).Length > 5000, name);
            Assert.Contains("</svg>", File.ReadAllText(made.PathIn($"pictures/{name}.svg")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ARunIsReportedWithItsInsightAndMistakesAreSaidInOneLine()
    {
        var folder = made.PathIn(".");
        RecDeepRLProcess.Run(folder, "train", "linucb", "--env", "context", "--iterations", "3", "--out", "run", "--set", "users=200", "--threads", "1").Succeeded();
        RecDeepRLProcess.Run(folder, "report", "run", "--out", "run.md").Succeeded();
        var text = File.ReadAllText(made.PathIn("run.md"));
        foreach (var part in new[] { "# linucb in context, seed 1", "| oracle |", "## What it recommended", "Responses by user segment", "\"name\": \"linucb\"" })
            Assert.Contains(part, text, StringComparison.Ordinal);

        RecDeepRLProcess.Run(folder, "report", "run", "--out", "run.md").IsAMistake("'run.md' exists already", "--force");
        RecDeepRLProcess.Run(folder, "report", "nowhere").IsAMistake("no file or folder 'nowhere'", "'compare'");
        RecDeepRLProcess.Run(folder, "report", "pictures").IsAMistake("neither a comparison", "nor a run");
        RecDeepRLProcess.Run(folder, "report", "run", "--format", "pdf").IsAMistake("--format was 'pdf'", "html or md");
        RecDeepRLProcess.Run(folder, "report", "run", "--format", "md", "--out", "run.html").IsAMistake("must end with .md");
    }
}
