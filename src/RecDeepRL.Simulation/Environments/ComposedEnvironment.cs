using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Data;
using RecDeepRL.Data.Files;
using RecDeepRL.Simulation.Choices;
using RecDeepRL.Simulation.Dynamics;
using RecDeepRL.Simulation.Responses;
using RecDeepRL.Simulation.Responses.Steps;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Environments;

/// <summary>Options of the environment <c>composed</c>. Paths are relative to the current folder.</summary>
public sealed record ComposedOptions : BatchOptions, IValidatableObject
{
    /// <summary>Users in the population, 1 to 10000000; none for 1000, or for as many as the file holds. Default none.</summary>
    [Range(1, 10_000_000)]
    public int? Users { get; init; }

    /// <summary>Items in the population, 1 to 1000000; none for 100, or for as many as the file holds. Default none.</summary>
    [Range(1, 1_000_000)]
    public int? Items { get; init; }

    /// <summary>K, distinct items shown to a user in each round, at least 1 and at most the number of items. Default 5.</summary>
    [Range(1, int.MaxValue)]
    public int SlateSize { get; init; } = 5;

    /// <summary>Rounds of a run unless the command asks for another number, at least 1. Default 50.</summary>
    [Range(1, int.MaxValue)]
    public int Iterations { get; init; } = 50;

    /// <summary>Features of each built-in user, uniform in [-1, 1), 0 to 1024; none for 8, or for those of the file. Default none.</summary>
    [Range(0, 1024)]
    public int? UserFeatures { get; init; }

    /// <summary>Features of each built-in item, uniform in [-1, 1), 0 to 1024; none for 8, or for those of the file. Default none.</summary>
    [Range(0, 1024)]
    public int? ItemFeatures { get; init; }

    /// <summary>Parquet or CSV file of the users: a column user_idx and their features; none for built-in users. Default none.</summary>
    public string? UsersFile { get; init; }

    /// <summary>Parquet or CSV file of the items: a column item_idx and their features; none for built-in items. Default none.</summary>
    public string? ItemsFile { get; init; }

    /// <summary>Columns of the users' file that are features; none for all but the key. Default none.</summary>
    public ValueList<string>? UserColumns { get; init; }

    /// <summary>Columns of the items' file that are features; none for all but the key and a title. Default none.</summary>
    public ValueList<string>? ItemColumns { get; init; }

    /// <summary>Steps that compute how much an item appeals to a user; the last one's result, clipped to [0, 1], is the probability of a response to it alone. Default [{"kind":"cosine-similarity"},{"kind":"logistic","weights":[10],"bias":-6}].</summary>
    [Parts<ResponseStepRegistry>]
    public PartList Response { get; init; } = PartList.Parse("""[{"kind":"cosine-similarity"},{"kind":"logistic","weights":[10],"bias":-6}]""");

    /// <summary>How a user answers a whole slate: exactly one choice model. Default [{"kind":"independent"}].</summary>
    [Parts<ChoiceRegistry>]
    public PartList Choice { get; init; } = PartList.Parse("""[{"kind":"independent"}]""");

    /// <summary>How users change by what they are shown, in the order in which the parts act on the appeal; an empty list for users who stay as they are. Default [].</summary>
    [Parts<DynamicsRegistry>]
    public PartList Dynamics { get; init; } = PartList.Parse("[]");

    /// <summary>Rounds after which a session is cut off, at least 1; only rounds count in which the user takes part. None for users who never leave. Default none.</summary>
    [Range(1, int.MaxValue)]
    public int? SessionLimit { get; init; }

    /// <summary>Rounds that a user stays away after a session, on average, at least 1, before the same person comes back; none for a fresh visitor at once. Default none.</summary>
    [Range(1.0, double.MaxValue)]
    public double? ReturnAfter { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var fault in PipelineModel.FaultsOf("response", Response))
            yield return new ValidationResult(fault);
        if (Choice.Count != 1)
            yield return new ValidationResult($"choice holds {Choice.Count} parts, must hold exactly one");
        foreach (var repeated in Dynamics.GroupBy(part => part.Kind).Where(parts => parts.Count() > 1))
            yield return new ValidationResult($"dynamics holds {repeated.Count()} parts of the kind '{repeated.Key}', must hold each kind once at most");
        if (ReturnAfter is not null && SessionLimit is null)
            yield return new ValidationResult("returnAfter was given, must be none where sessionLimit is none");
        if (UsersFile is null && UserColumns is not null)
            yield return new ValidationResult("userColumns was given, must be none where usersFile is none");
        if (ItemsFile is null && ItemColumns is not null)
            yield return new ValidationResult("itemColumns was given, must be none where itemsFile is none");
    }
}

/// <summary>An environment whose users put it together themselves: built-in or own users and items, response steps, a choice model, and dynamics.</summary>
internal static class ComposedEnvironment
{
    /// <exception cref="UserMistakeException">Options or files that do not go together, or a data folder.</exception>
    public static IEnvironment Create(EnvironmentContext context, ComposedOptions options)
    {
        if (context.DataFolder is { } folder)
            throw new UserMistakeException($"The environment 'composed' takes no data folder, and was given {folder}. Leave --data out; usersFile, itemsFile and the steps' own files tell what to read.");
        OptionsBinder.Validate(options);
        var seed = options.PopulationSeed ?? context.Seed;
        var population = People(seed, context.Device, options);
        PipelineModel? model = null;
        var dynamics = new List<IUserDynamics>();
        try
        {
            BatchEnvironments.RequireSlateFits(options.SlateSize, population.ItemCount);
            var parts = new PartContext(population, context.Device, seed, options.SlateSize, options.Iterations) { Users = BatchEnvironments.UsersOf(context, population) };
            model = PipelineModel.Create("response", options.Response, parts);
            var choice = Make("choice", options.Choice, 0, ChoiceRegistry.Find, parts);
            for (var index = 0; index < options.Dynamics.Count; index++)
                dynamics.Add(Make("dynamics", options.Dynamics, index, DynamicsRegistry.Find, parts));
            var sessions = options.SessionLimit is { } limit ? new SessionOptions(limit, options.ReturnAfter) : null;
            return BatchEnvironments.Create(
                "composed", context, options, options.SlateSize, options.Iterations, population, model, Truth(options, model), new EnvironmentParts(choice, dynamics, sessions));
        }
        catch
        {
            dynamics.ForEach(part => part.Dispose());
            model?.Dispose();
            population.Dispose();
            throw;
        }
    }

    /// <summary>Makes one part of a list; a complaint tells which.</summary>
    private static TPart Make<TPart>(string option, PartList list, int index, Func<string, ComponentRegistration<PartContext, TPart>> find, PartContext context)
    {
        try
        {
            var registration = find(list[index].Kind);
            return registration.Create(context, OptionsBinder.Bind(registration.OptionsType, list[index].Options));
        }
        catch (UserMistakeException mistake)
        {
            throw new UserMistakeException($"{OptionsBinder.PartName(option, index, list[index])}: {mistake.Message}", mistake);
        }
    }

    private static Population People(long seed, Device device, ComposedOptions options)
    {
        using var scope = NewDisposeScope();
        var (userKeys, users, userNames, _) = Side("user", options.UsersFile, options.UserColumns, options.Users, options.UserFeatures, 1000);
        var (itemKeys, items, itemNames, titles) = Side("item", options.ItemsFile, options.ItemColumns, options.Items, options.ItemFeatures, 100);
        return new Population(userKeys, itemKeys, users, items) { UserFeatureNames = userNames, ItemFeatureNames = itemNames, ItemTitles = titles };

        (long[] Keys, Tensor? Features, string[] Names, string[] Titles) Side(string kind, string? path, ValueList<string>? columns, int? count, int? width, int usualCount)
        {
            if (path is null)
            {
                string[] names = [.. Enumerable.Range(0, width ?? 8).Select(feature => $"{kind}_feature_{feature}")];
                var rows = count ?? usualCount;
                if ((long)rows * names.Length > ResponseTable.MostPairs)
                    throw new UserMistakeException($"{kind}s was {rows} and {kind}Features was {names.Length}, {(long)rows * names.Length} numbers; at most {ResponseTable.MostPairs} are possible. Ask for fewer.");
                return ([.. Enumerable.Range(0, rows).Select(key => (long)key)], names.Length == 0 ? null : Uniform(new RandomStream(seed, $"composed:{kind}s"), device, rows, names.Length), names, []);
            }
            var file = FeatureFile.Read(path, kind, columns);
            BatchEnvironments.RequireSameSize($"{kind}s", count, file.Keys.Length, path);
            BatchEnvironments.RequireSameSize($"{kind}Features", width, file.Features?.Names.Length ?? 0, path);
            return (file.Keys, TableEnvironments.ToTensor(file.Features, file.Keys.Length, device), file.Features?.Names ?? [], file.Titles);
        }
    }

    /// <returns>[rows, width] float32, uniform in [−1, 1).</returns>
    private static Tensor Uniform(RandomStream stream, Device device, int rows, int width)
    {
        using var scope = NewDisposeScope();
        return stream.Uniform(0, device, rows, width).mul_(2f).sub_(1f).MoveToOuterDisposeScope();
    }

    /// <summary>What decides the responses, for the fingerprint: kinds and options of all parts, and what the files hold rather than where they are.</summary>
    private static byte[] Truth(ComposedOptions options, PipelineModel model)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var complete = OptionsBinder.ToTexts(options).Where(option => option.Key is "response" or "choice" or "dynamics");
        foreach (var part in complete.SelectMany(option => PartList.Parse(option.Value)))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(part.Kind));
            foreach (var (name, text) in part.Options.Where(option => option.Key != "file"))
                hash.AppendData(Encoding.UTF8.GetBytes($" {name}={text}"));
        }
        model.AddTo(hash);
        return hash.GetHashAndReset();
    }
}
