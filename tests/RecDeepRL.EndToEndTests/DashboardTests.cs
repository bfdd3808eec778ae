using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Playwright;

namespace RecDeepRL.EndToEndTests;

/// <summary>A dashboard of a folder with two finished runs, one of them under a name that would be a script if it were taken for markup.</summary>
public sealed class ServedRuns : WorkingFolder, IDisposable
{
    /// <summary>Markup in the name of a run and in its configuration.</summary>
    public const string Hostile = "<img src=x onerror=alert(1)>\"'&ünïcödé";

    public const string Finished = "ucb-popular-seed1";

    private readonly Process _process;

    public ServedRuns()
    {
        Run(["train", "ucb", "--env", "popular", "--iterations", "30", .. Small]).Succeeded();
        var hostile = PathOf("checkpoints/deeper/" + Hostile);
        Directory.CreateDirectory(hostile);
        foreach (var file in Directory.GetFiles(PathOf("checkpoints/" + Finished)))
            File.Copy(file, Path.Combine(hostile, Path.GetFileName(file)));
        File.WriteAllText(Path.Combine(hostile, "config.json"), File.ReadAllText(Path.Combine(hostile, "config.json"))
            .Replace("\"name\": \"ucb\"", "\"name\": \"</script><script>alert(2)</script>\"", StringComparison.Ordinal));
        File.AppendAllText(Path.Combine(hostile, "diagnostics.csv"), "30,<b onclick=alert(3)>loss</b>,0.5\n");
        Directory.CreateDirectory(PathOf("outside"));
        File.WriteAllText(PathOf("outside/config.json"), "{}");
        File.WriteAllText(PathOf("outside/metrics.csv"), "iteration,mean_responses\n1,0.123456\n");
        _process = RecDeepRLProcess.Start(Folder, "dashboard", "--port", "0");
        var line = _process.StandardOutput.ReadLine() ?? _process.StandardError.ReadToEnd();
        Address = line.Split(' ').FirstOrDefault(word => word.StartsWith("http://", StringComparison.Ordinal)) ?? throw new InvalidOperationException("The dashboard did not start: " + line);
    }

    /// <summary>Of the page, with a slash at the end.</summary>
    public string Address { get; }

    public string PathIn(string name) => PathOf(name);

    /// <summary>A run that goes on until it is stopped.</summary>
    internal Process StartLongRun(string folder) => RecDeepRLProcess.Start(
        Folder, ["train", "ucb", "--env", "popular", "--iterations", "10000000", "--evaluate-every", "0", "--checkpoint-every", "0", "--out", folder, .. Small]);

    /// <summary>Ends the dashboard as Ctrl-C does.</summary>
    public new void Dispose()
    {
        RecDeepRLProcess.Interrupt(_process);
        var result = RecDeepRLProcess.Finish(_process);
        base.Dispose();
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
    }
}

[Collection(BrowserTests.Name)]
public sealed class DashboardTests(Browser browser, ServedRuns served) : IClassFixture<ServedRuns>
{
    [SkippableFact]
    public async Task FinishedRunsAreListedAndComparedAndNamesStayText()
    {
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        // The other tests' runs come and go in the same folder; this address says what is selected.
        await page.GotoAsync($"{served.Address}#run={ServedRuns.Finished}");

        await Assertions.Expect(page.GetByLabel(ServedRuns.Finished, new() { Exact = true })).ToBeCheckedAsync();
        await page.GetByLabel("deeper/" + ServedRuns.Hostile, new() { Exact = true }).CheckAsync();
        await Assertions.Expect(page.Locator("#compare-rows tr")).ToHaveCountAsync(2);
        await Assertions.Expect(page.Locator("#compare-rows")).ToContainTextAsync("Finished");
        await Assertions.Expect(page.Locator("#run-list")).ToContainTextAsync("</script><script>alert(2)</script> in popular");
        var curves = page.Locator("#legend button");
        await Assertions.Expect(curves).ToHaveCountAsync(2);
        await Assertions.Expect(page.Locator("#chart canvas")).ToBeVisibleAsync();
        // The option of a figure that an agent named.
        await page.Locator("#figure").SelectOptionAsync(new SelectOptionValue { Label = "<b onclick=alert(3)>loss</b>" });
        await Assertions.Expect(page.Locator("#chart-title")).ToHaveTextAsync("<b onclick=alert(3)>loss</b>");
        await page.GetByRole(AriaRole.Button, new() { Name = "Details of deeper/" + ServedRuns.Hostile }).ClickAsync();
        await Assertions.Expect(page.Locator("#details-configuration")).ToContainTextAsync("</script><script>alert(2)</script>");
        Assert.Equal(0, await page.Locator("main img, main b, main script").CountAsync());

        // A reloaded page shows what it showed.
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("#legend button")).ToHaveCountAsync(2);
        watched.IsInOrder(served.Address);
    }

    [SkippableFact]
    public async Task ACurveIsHiddenTheThemeChangesAndTheDataStandsBehindTheChart()
    {
        await using var watched = await browser.OpenAsync(new() { ViewportSize = new() { Width = 390, Height = 844 }, ColorScheme = ColorScheme.Light });
        var page = watched.Page;
        await page.GotoAsync($"{served.Address}#run={ServedRuns.Finished}");
        var curve = page.Locator("#legend").GetByRole(AriaRole.Button, new() { Name = ServedRuns.Finished });
        await Assertions.Expect(curve).ToHaveAttributeAsync("aria-pressed", "true");
        Assert.False(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"), "the page is wider than a phone");

        await page.GetByText("Data behind the chart").ClickAsync();
        // A caption, thirty rounds; the newest as in metrics.csv.
        await Assertions.Expect(page.Locator("#data-table tbody tr")).ToHaveCountAsync(30);
        var last = File.ReadLines(served.PathIn($"checkpoints/{ServedRuns.Finished}/metrics.csv")).Last().Split(',')[2];
        await Assertions.Expect(page.Locator("#data-table tbody tr").Last.Locator("td")).ToHaveTextAsync(
            double.Parse(last, System.Globalization.CultureInfo.InvariantCulture) is var value && value == Math.Floor(value) ? last : value.ToString("F4", System.Globalization.CultureInfo.InvariantCulture));

        await curve.ClickAsync();
        await Assertions.Expect(curve).ToHaveAttributeAsync("aria-pressed", "false");
        await Assertions.Expect(page.Locator("#data-table tbody tr")).ToHaveCountAsync(0);

        var light = await Background();
        await page.GetByRole(AriaRole.Button, new() { Name = "Dark theme" }).ClickAsync();
        Assert.NotEqual(light, await Background());
        await page.ReloadAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Light theme" })).ToBeVisibleAsync();
        watched.IsInOrder(served.Address);

        Task<string> Background() => page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
    }

    [SkippableFact]
    public async Task CurvesMoveWhileARunGoesOnUntilItIsStoppedFromThePage()
    {
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        using var run = served.StartLongRun("checkpoints/long");
        await page.GotoAsync(served.Address);
        await page.GetByLabel("long", new() { Exact = true }).CheckAsync();
        await Assertions.Expect(page.Locator("#run-list")).ToContainTextAsync("Running");
        var summary = page.Locator("#chart-summary");
        await Assertions.Expect(summary).ToContainTextAsync("long: ");
        var before = await summary.TextContentAsync();
        await Assertions.Expect(summary).Not.ToHaveTextAsync(before!);

        await page.GetByRole(AriaRole.Button, new() { Name = "Stop long…" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep it running" }).ClickAsync();
        Assert.False(run.HasExited);
        await page.GetByRole(AriaRole.Button, new() { Name = "Stop long…" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Stop the run" }).ClickAsync();

        var result = RecDeepRLProcess.Finish(run);
        Assert.Equal(130, result.ExitCode);
        Assert.Contains("go on with: train --resume", result.Output, StringComparison.Ordinal);
        var rounds = File.ReadLines(served.PathIn("checkpoints/long/metrics.csv")).Count() - 1;
        Assert.True(Directory.Exists(served.PathIn($"checkpoints/long/checkpoint-{rounds:D6}")), "no checkpoint of the last round");
        await Assertions.Expect(page.Locator("#announcer")).ToHaveTextAsync($"long: stopped after {rounds} iterations");
        Assert.Empty(Directory.GetFiles(served.PathIn("checkpoints/long"), ".holder.json"));
        watched.IsInOrder(served.Address);
    }

    [Fact]
    public async Task NothingOutsideTheFolderIsServed()
    {
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateSymbolicLink(served.PathIn("checkpoints/linked"), served.PathIn("outside"));
            Directory.CreateDirectory(served.PathIn("checkpoints/with-link"));
            File.WriteAllText(served.PathIn("checkpoints/with-link/config.json"), "{}");
            File.CreateSymbolicLink(served.PathIn("checkpoints/with-link/metrics.csv"), served.PathIn("outside/metrics.csv"));
        }
        foreach (var path in new[]
        {
            "/api/details?run=../outside", "/api/details?run=linked", "/api/details?run=/etc", "/api/details?run=%2e%2e%2foutside", "/../outside/config.json", "/..%2foutside%2fconfig.json",
            "/%2e%2e/%2e%2e/etc/passwd", "/checkpoints/ucb-popular-seed1/config.json", "/ucb-popular-seed1/config.json", "/config.json",
        })
            Assert.StartsWith("HTTP/1.1 404", await RawAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
        foreach (var run in new[] { "../outside", "linked", "with-link" })
            Assert.DoesNotContain("0.123456", await RawAsync($"GET /api/curves?figure=training.mean_responses&run={run} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
        Assert.DoesNotContain("0.123456", await RawAsync("GET /api/runs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnotherSiteCanNeitherReadNorStop()
    {
        using var run = served.StartLongRun("checkpoints/guarded");
        var watch = Stopwatch.StartNew();
        while (!File.Exists(served.PathIn("checkpoints/guarded/.holder.json")) && watch.Elapsed < TimeSpan.FromMinutes(1))
            await Task.Delay(50);
        using var client = new HttpClient { BaseAddress = new Uri(served.Address) };
        var token = JsonDocument.Parse(await client.GetStringAsync("api/session")).RootElement.GetProperty("token").GetString()!;
        var own = served.Address.TrimEnd('/');

        // By a name that another site made to mean this address.
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(HttpMethod.Get, "api/runs", host: "evil.example:80")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(HttpMethod.Get, "", host: "evil.example")).StatusCode);
        // From a page of another site, of another port of this machine, from none, without the token or with a wrong one, and by GET.
        foreach (var (origin, sent) in new[] { ("http://evil.example", token), ("http://localhost:1", token), ("null", token), (null, token), (own, null), (own, new string('0', token.Length)) })
            Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(HttpMethod.Post, "api/stop?run=guarded", origin: origin, token: sent)).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await SendAsync(HttpMethod.Get, "api/stop?run=guarded", origin: own, token: token)).StatusCode);
        await Task.Delay(500);
        Assert.False(run.HasExited);
        var page = await SendAsync(HttpMethod.Get, "");
        Assert.Contains("script-src 'self'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.False(page.Headers.Contains("Access-Control-Allow-Origin"));

        // The same request as the page sends it.
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(HttpMethod.Post, "api/stop?run=guarded", origin: own, token: token)).StatusCode);
        Assert.Equal(130, RecDeepRLProcess.Finish(run).ExitCode);
        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync(HttpMethod.Post, "api/stop?run=guarded", origin: own, token: token)).StatusCode);

        async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? host = null, string? origin = null, string? token = null)
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.Host = host;
            if (origin is not null)
                request.Headers.Add("Origin", origin);
            if (token is not null)
                request.Headers.Add("X-RecDeepRL-Token", token);
            return await client.SendAsync(request);
        }
    }

    [Fact]
    public void APortInUseAndOtherMistakesGetOneLine()
    {
        var port = new Uri(served.Address).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        RecDeepRLProcess.Run(served.PathIn("."), "dashboard", "--port", port).IsAMistake($"Port {port}", "in use", "--port 0");
        RecDeepRLProcess.Run(served.PathIn("."), "dashboard", "--host", "192.0.2.1", "--port", "0").IsAMistake("192.0.2.1", "--host");
    }

    /// <summary>An answer to a request that no client would send as it stands.</summary>
    private async Task<string> RawAsync(string request)
    {
        using var client = new TcpClient("127.0.0.1", new Uri(served.Address).Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
