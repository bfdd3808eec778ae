using System.Globalization;
using Parquet;
using Parquet.Schema;
using RecDeepRL.Core;
using RecDeepRL.Data.Datasets.Reading;
using RecDeepRL.Data.Files;

namespace RecDeepRL.Data.Datasets.Formats;

/// <summary>A Parquet file with an interaction in each row, read row group by row group: one group of the named columns is in memory.</summary>
internal sealed class ParquetLog(string path, LogColumns columns, string? response, TextKeys? userKeys, TextKeys? itemKeys) : InteractionLog
{
    public override string Path => path;

    public override bool HasTimes => columns.Time is not null;

    public override string? ReadInto(InteractionTaker taker, BadRows bad, Progress progress)
    {
        var reader = Wait(() => ParquetReader.CreateAsync(path));
        try
        {
            var fields = reader.Schema.GetDataFields();
            long before = 0;
            for (var index = 0; index < reader.RowGroupCount; index++)
            {
                var share = (double)index / reader.RowGroupCount;
                progress.Follow(() => share);
                using var group = reader.OpenRowGroupReader(index);
                var users = Keys(Column(group, fields, columns.User), userKeys, before);
                var items = Keys(Column(group, fields, columns.Item), itemKeys, before);
                var responses = response is null ? null : Numbers(Column(group, fields, response), before);
                var times = columns.Time is null ? null : Times(group, fields, columns.Time, before);
                for (var row = 0; row < users.Length; row++)
                    taker.Take(path, before + row + 1, users[row], items[row], responses?[row] ?? 1, times?[row] ?? FieldParsing.UnknownTime);
                before += users.Length;
            }
        }
        finally
        {
            Wait(async () =>
            {
                await reader.DisposeAsync();
                return 0;
            });
        }
        progress.Follow(() => 1);
        return null;
    }

    private DataColumn Column(ParquetRowGroupReader group, DataField[] fields, string name) => Wait(() => TableFile.ReadColumn(group, Find(fields, name), path));

    private DataField Find(DataField[] fields, string name) => fields.FirstOrDefault(field => field.Path.ToString() == name)
        ?? throw new UserMistakeException($"{path} has no column '{name}', only {string.Join(", ", fields.Select(field => $"'{field.Path}'"))}. Name one of these, or check that it is the right file.");

    private long[] Keys(DataColumn column, TextKeys? keys, long before) => (column, keys) switch
    {
        (IntegerColumn integers, null) => integers.Values,
        (IntegerColumn integers, not null) => Array.ConvertAll(integers.Values, value => keys.NumberOf(value.ToString(CultureInfo.InvariantCulture))),
        (TextColumn texts, not null) => Array.ConvertAll(texts.Values, value => keys.NumberOf(value)),
        (TextColumn texts, null) => throw Unexpected(column, before, $"'{FieldParsing.Shown(texts.Values.FirstOrDefault())}'", "whole numbers (for keys that are texts give --text-keys)"),
        _ => throw Unexpected(column, before, "numbers that are not whole", "whole numbers"),
    };

    private double[] Numbers(DataColumn column, long before) => column switch
    {
        NumberColumn numbers => numbers.Values,
        IntegerColumn integers => Array.ConvertAll(integers.Values, value => (double)value),
        _ => throw Unexpected(column, before, "texts", "numbers"),
    };

    private long[] Times(ParquetRowGroupReader group, DataField[] fields, string name, long before)
    {
        var field = Find(fields, name);
        if (field.ClrType == typeof(DateTime) && !field.IsArray)
        {
            var dates = new DateTime?[group.RowCount];
            Wait(async () =>
            {
                await group.ReadAsync(field, dates.AsMemory());
                return 0;
            });
            return [.. dates.Select((date, row) => ((DateTimeOffset?)(date is { } known ? new DateTimeOffset(DateTime.SpecifyKind(known, DateTimeKind.Utc)) : null))?.ToUnixTimeSeconds() is { } seconds and >= 0
                ? seconds
                : throw new UserMistakeException($"{path}, row {before + row + 1}, column '{name}': {(date is null ? "nothing" : $"'{date:O}'")} was received, expected is a time from 1970 on."))];
        }
        var column = Column(group, fields, name);
        var perSecond = FieldParsing.PerSecond(columns.TimeUnit);
        var seconds = column switch
        {
            IntegerColumn integers => Array.ConvertAll(integers.Values, value => value >= 0 ? value / perSecond : -1),
            NumberColumn numbers => Array.ConvertAll(numbers.Values, value => value >= 0 ? (long)Math.Floor(value / perSecond) : -1),
            _ => throw Unexpected(column, before, "texts", "numbers or Parquet's own timestamps"),
        };
        var odd = Array.FindIndex(seconds, second => second is < 0 or > FieldParsing.LastSecond);
        return odd < 0 ? seconds
            : throw new UserMistakeException($"{path}, row {before + odd + 1}, column '{name}': a time outside the years 1970 to 9999 was received, expected are {FieldParsing.Expected(columns.TimeUnit)}. Say with --time-unit what the times count.");
    }

    private UserMistakeException Unexpected(DataColumn column, long before, string received, string expected) =>
        new($"{path}, row {before + 1}, column '{column.Name}': {received} were received, expected are {expected}.");

    private T Wait<T>(Func<Task<T>> read)
    {
        try
        {
            // The reader is asynchronous only; on a thread of the pool no caller's context can stand in its way.
            return Task.Run(read).GetAwaiter().GetResult();
        }
        catch (Exception fault) when (fault is not UserMistakeException and not OutOfMemoryException)
        {
            // The reader has no exception of its own: a damaged file may end in any.
            throw new UserMistakeException($"{path} cannot be read as Parquet ({fault.Message.ReplaceLineEndings(" ").TrimEnd('.')}). It may be cut off; copy it again.", fault);
        }
    }
}
