using System.Globalization;
using System.Text;
using RecDeepRL.Core;

namespace RecDeepRL.Data.Datasets.Reading;

/// <summary>A text file with an interaction in each row.</summary>
internal sealed class TextLog : InteractionLog
{
    private readonly Func<RowReader> _open;

    /// <param name="path">The file.</param>
    /// <param name="open">Opens it.</param>
    public TextLog(string path, Func<RowReader> open)
    {
        Path = path;
        _open = open;
    }

    public override string Path { get; }

    /// <summary>Position of the user's key among the fields.</summary>
    public required int User { get; init; }

    /// <summary>Position of the item's key.</summary>
    public required int Item { get; init; }

    /// <summary>Position of the response; none where every row is a response of 1.</summary>
    public required int? Response { get; init; }

    /// <summary>The responses that can be; none where any number can.</summary>
    public (double Least, double Greatest)? ResponseRange { get; init; }

    /// <summary>Position of the time; none where there are no times.</summary>
    public int? Time { get; init; }

    public TimeUnit TimeUnit { get; init; }

    /// <summary>Whether a row may have no time.</summary>
    public bool TimeMayBeMissing { get; init; }

    /// <summary>Numbers for the keys of users where these are texts.</summary>
    public TextKeys? UserKeys { get; init; }

    /// <summary>Numbers for the keys of items where these are texts.</summary>
    public TextKeys? ItemKeys { get; init; }

    public override bool HasTimes => Time is not null;

    /// <summary>A CSV file whose columns are known by name.</summary>
    /// <param name="response">None where every row is a response of 1.</param>
    /// <param name="time">None where there are no times.</param>
    /// <param name="responseRange">None where any number can be a response.</param>
    /// <exception cref="UserMistakeException">No such file, or it lacks a column.</exception>
    public static TextLog OfCsv(
        string path, string user, string item, string? response, string? time, TimeUnit unit, bool timeMayBeMissing = false, (double Least, double Greatest)? responseRange = null,
        string delimiter = ",", Encoding? encoding = null, TextKeys? userKeys = null, TextKeys? itemKeys = null)
    {
        CsvRowReader Open() => new(path, delimiter, encoding ?? Encoding.UTF8);
        using var rows = Open();
        return new TextLog(path, Open)
        {
            User = rows.Find(user),
            Item = rows.Find(item),
            Response = response is null ? null : rows.Find(response),
            ResponseRange = responseRange,
            Time = time is null ? null : rows.Find(time),
            TimeUnit = unit,
            TimeMayBeMissing = timeMayBeMissing,
            UserKeys = userKeys,
            ItemKeys = itemKeys,
        };
    }

    public override string? ReadInto(InteractionTaker taker, BadRows bad, Progress progress)
    {
        using var rows = _open();
        progress.Follow(() => (double)rows.Position / rows.Length);
        while (rows.Read(bad))
        {
            double response = 1;
            var time = FieldParsing.UnknownTime;
            if (TryKey(rows, User, UserKeys, bad, out var user)
                && TryKey(rows, Item, ItemKeys, bad, out var item)
                && (Response is not { } responseColumn || TryResponse(rows, responseColumn, bad, out response))
                && (Time is not { } timeColumn || rows.TryTime(timeColumn, TimeUnit, TimeMayBeMissing, bad, out time)))
            {
                taker.Take(Path, rows.Line, user, item, response, time);
            }
        }
        progress.Follow(() => 1);
        return rows.EndsWithLineEnd ? null : $"The last line of {System.IO.Path.GetFileName(Path)} has no line end: if the file was cut off while it was copied, rows may be missing.";
    }

    private bool TryResponse(RowReader rows, int column, BadRows bad, out double response) =>
        rows.TryNumber(column, bad, out response)
        && (ResponseRange is not { } range || (response >= range.Least && response <= range.Greatest)
            || rows.Refuse(column, bad, string.Create(CultureInfo.InvariantCulture, $"a number from {range.Least} to {range.Greatest}")));

    private static bool TryKey(RowReader rows, int column, TextKeys? keys, BadRows bad, out long key)
    {
        if (keys is null)
            return rows.TryInteger(column, bad, out key);
        var text = rows.Field(column);
        key = text.IsEmpty ? 0 : keys.NumberOf(text);
        return !text.IsEmpty || rows.Refuse(column, bad, "a key");
    }
}
