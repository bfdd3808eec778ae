using Microsoft.Playwright;

namespace RecDeepRL.EndToEndTests;

/// <summary>The tests that need a browser share one, and run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserTests : ICollectionFixture<Browser>
{
    public const string Name = "browser";
}

/// <summary>A Chromium of this machine; where there is none, tests are skipped and say so. Nothing is downloaded.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] s_names = ["chromium", "chromium-browser", "google-chrome"];
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        if (Find() is not { } program)
            return;
        // A machine that runs all tests at once may be slow to answer.
        Assertions.SetDefaultExpectTimeout(20_000);
        _playwright = await Playwright.CreateAsync();
        // As root, as in a container, Chromium starts only without its sandbox; what is shown are this program's own pages.
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = Environment.IsPrivilegedProcess ? ["--no-sandbox"] : [] });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.CloseAsync();
        _playwright?.Dispose();
    }

    /// <summary>A new page in a profile of its own, which keeps account of everything that went wrong in it.</summary>
    /// <param name="options">Size, colour scheme and so on; none for a desktop in light colours.</param>
    public async Task<WatchedPage> OpenAsync(BrowserNewContextOptions? options = null)
    {
        Skip.If(_browser is null, $"There is no browser on this machine: none of {string.Join(", ", s_names)} is on the PATH. Debian's is installed with 'apt-get install chromium'.");
        var context = await _browser.NewContextAsync(options ?? new() { ViewportSize = new() { Width = 1280, Height = 800 } });
        context.SetDefaultTimeout(20_000);
        return new WatchedPage(context, await context.NewPageAsync());
    }

    private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(folder => s_names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
}

/// <summary>A page, with what its console, its scripts and its requests complained of, and whom it asked.</summary>
public sealed class WatchedPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];
    private readonly List<string> _requests = [];

    public WatchedPage(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        // Violations of the content security policy come as errors of the console.
        page.Console += (_, message) => Note(_complaints, message.Type is "error" or "warning" ? $"{message.Type}: {message.Text}" : null);
        page.PageError += (_, error) => Note(_complaints, "script: " + error);
        page.Dialog += (_, dialog) => Note(_complaints, "dialog: " + dialog.Message);
        page.Request += (_, request) => Note(_requests, request.Url);
    }

    public IPage Page { get; }

    /// <summary>Addresses that the page asked for, in order.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_requests)
                return [.. _requests];
        }
    }

    /// <summary>Asserts that nothing went wrong, and that the page asked nobody but those whose addresses begin so.</summary>
    public void IsInOrder(string origin)
    {
        lock (_complaints)
            Assert.Empty(_complaints);
        Assert.All(Requests, request => Assert.StartsWith(origin, request, StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync() => await _context.CloseAsync();

    private static void Note(List<string> list, string? text)
    {
        if (text is null)
            return;
        lock (list)
            list.Add(text);
    }
}
