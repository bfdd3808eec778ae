using System.Collections.Concurrent;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace RecDeepRL.Tests.Cluster;

/// <summary>A log that keeps its lines.</summary>
internal sealed class Lines : ILogEventSink
{
    public Lines() => Logger = new LoggerConfiguration().MinimumLevel.Debug().WriteTo.Sink(this).CreateLogger();

    public Logger Logger { get; }

    public ConcurrentQueue<string> All { get; } = [];

    public void Emit(LogEvent logEvent) => All.Enqueue(logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture));
}
