using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using RecDeepRL.Experiments;
using Spectre.Console;

namespace RecDeepRL.Cli.Display;

/// <summary>What a command has found: tables for people or, with <c>--json</c>, one document for programs. The one place that decides between the two,
/// and the only way to the console on which tables are drawn.</summary>
/// <remarks>With <c>--json</c> all that a command prints besides goes to the error output, so that the standard output holds the document and nothing else,
/// or nothing at all where there is no answer. docs/json.md lists the entries of every document.</remarks>
internal static class Answer
{
    private const string OptionName = "--json";

    private static readonly JsonSerializerOptions s_json = new(ResultJson.Options)
    {
        // JSON has no NaN and no infinities, and most readers refuse them by name.
        NumberHandling = JsonNumberHandling.Strict,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new FiniteNumbers(), new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    private static TextWriter? s_document;

    /// <summary>Whether the answer is a document.</summary>
    public static bool IsJson => s_document is not null;

    /// <summary>The option of every command that has tables.</summary>
    public static Option<bool> Option() => new(OptionName) { Description = "Print one JSON document in place of tables; progress goes to the error output." };

    /// <summary>Takes the standard output for the document, where one is asked for. Before the command begins.</summary>
    public static void Prepare(ParseResult parsed)
    {
        if (parsed.CommandResult.Command.Options.OfType<Option<bool>>().FirstOrDefault(option => option.Name == OptionName) is not { } option || !parsed.GetValue(option))
            return;
        s_document = Console.Out;
        Console.SetOut(Console.Error);
    }

    /// <summary>The whole answer, once, at the end.</summary>
    /// <param name="document">Its properties, in camel case, are the entries. A number that is none is written as null.</param>
    /// <param name="show">Draws the tables.</param>
    public static void Give(object document, Action<IAnsiConsole> show)
    {
        if (s_document is null)
        {
            Show(show);
            return;
        }
        s_document.Write(JsonSerializer.Serialize(document, s_json) + "\n");
        s_document.Flush();
    }

    /// <summary>A part of the tables that people get before the rest; its figures belong to the document at the end.</summary>
    public static void Show(Action<IAnsiConsole> show)
    {
        if (s_document is not null)
            return;
        var console = AnsiConsole.Create(new AnsiConsoleSettings());
        // A file or pipe gets plain lines that are never wrapped.
        if (Console.IsOutputRedirected)
            console.Profile.Width = 200;
        show(console);
    }

    private sealed class FiniteNumbers : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException("Documents are only written.");

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
                writer.WriteNumberValue(value);
            else
                writer.WriteNullValue();
        }
    }
}
