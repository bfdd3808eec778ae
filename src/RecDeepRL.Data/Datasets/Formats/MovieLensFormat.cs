using System.Text;
using RecDeepRL.Core;
using RecDeepRL.Data.Datasets.Features;
using RecDeepRL.Data.Datasets.Reading;

namespace RecDeepRL.Data.Datasets.Formats;

/// <summary>What the editions of MovieLens share: stars as the response, and one rating for each user and movie.</summary>
/// <remarks>Harper and Konstan 2015, The MovieLens Datasets: History and Context. The layouts are described in the README of each edition.</remarks>
internal abstract class MovieLensFormat : DatasetFormat
{
    private const string Rating = "rating";

    /// <summary>The ratings of 100K and 1M.</summary>
    protected static readonly (double Least, double Greatest) WholeStars = (1, 5);

    /// <summary>The ratings of all later editions.</summary>
    protected static readonly (double Least, double Greatest) HalfStars = (.5, 5);

    protected OpenedDataset Opened(ImportOptions options, string name, InteractionLog log, Func<BadRows, FeatureTableBuilder>? readUsers, Func<BadRows, FeatureTableBuilder> readItems)
    {
        if (options.Response is { } response && response != Rating)
            throw new UserMistakeException($"--response was '{response}', but the only response in {Name} is '{Rating}'. Leave --response out.");
        return new OpenedDataset { Name = name, Logs = [log], ResponseColumn = Rating, ReadUsers = readUsers, ReadItems = readItems };
    }

    /// <summary>Ratings without a header: user, movie, rating, seconds.</summary>
    protected static TextLog Ratings(string path, string delimiter, (double Least, double Greatest) stars) =>
        new(path, () => new DelimitedRowReader(path, delimiter, Encoding.Latin1, "user id", "movie id", Rating, "timestamp")) { User = 0, Item = 1, Response = 2, ResponseRange = stars, Time = 3 };

    /// <summary>Users without a header.</summary>
    /// <param name="gender">Position of F or M.</param>
    /// <param name="age">Position of the age, or of the least age of a group.</param>
    /// <param name="numberedOccupation">Whether occupations are numbers (1M) or texts (100K).</param>
    protected static FeatureTableBuilder ReadUsers(string path, string delimiter, BadRows bad, int gender, int age, bool numberedOccupation, params string[] columns)
    {
        using var rows = new DelimitedRowReader(path, delimiter, Encoding.Latin1, columns);
        var table = new FeatureTableBuilder(DatasetFolder.UserKey, path);
        var genders = table.Add(new TextFeature("gender"));
        var ages = table.Add(new QuantityFeature("age"));
        var numbers = numberedOccupation ? table.Add(new CategoryFeature("occupation")) : null;
        var names = numberedOccupation ? null : table.Add(new TextFeature("occupation"));
        var zipCodes = table.Add(new TextFeature("zip_code"));
        var occupation = Array.IndexOf(columns, "occupation");
        while (rows.Read(bad))
        {
            long occupationNumber = 0;
            if (!rows.TryInteger(0, bad, out var key) || !rows.TryInteger(age, bad, out var years)
                || (numberedOccupation && !rows.TryInteger(occupation, bad, out occupationNumber))
                || (rows.Field(gender) is not ("F" or "M") && !rows.Refuse(gender, bad, "F or M"))
                || !table.TryBegin(rows, 0, key, bad))
            {
                continue;
            }
            genders.Add(rows.Field(gender).ToString());
            ages.Add(years);
            numbers?.Add(occupationNumber);
            names?.Add(rows.Field(occupation).ToString());
            zipCodes.Add(rows.Field(columns.Length - 1).ToString());
        }
        return table;
    }
}
