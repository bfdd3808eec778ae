using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace RecDeepRL.Cli.Display;

/// <summary>Serilog to the console and, in a run folder, to run.log.</summary>
internal static class RunLog
{
    /// <param name="file">Path of the log file; appended to, and written at once. None for the console only.</param>
    /// <param name="console">Raised to warnings while a moving bar owns the terminal.</param>
    public static Logger Create(string? file, LoggingLevelSwitch console)
    {
        var configuration = new LoggerConfiguration().MinimumLevel.Debug()
            .WriteTo.Logger(own => own.MinimumLevel.Debug()
                // What libraries log has a source, ours has none: it is for the file.
                .Filter.ByExcluding(entry => entry.Properties.ContainsKey(Constants.SourceContextPropertyName))
                .WriteTo.Console(
                    outputTemplate: "{Message:lj}{NewLine}{Exception}", formatProvider: CultureInfo.InvariantCulture,
                    levelSwitch: console, standardErrorFromLevel: LogEventLevel.Warning));
        if (file is not null)
        {
            configuration = configuration.WriteTo.File(
                file, outputTemplate: "{Timestamp:yyyy-MM-dd HH:mm:ss.fff zzz} {Level:u3} {Message:lj}{NewLine}{Exception}",
                formatProvider: CultureInfo.InvariantCulture, restrictedToMinimumLevel: LogEventLevel.Debug);
        }
        return configuration.CreateLogger();
    }
}
