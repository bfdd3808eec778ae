using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using RecDeepRL.Core;

namespace RecDeepRL.Simulation.Environments;

/// <summary>What the environments of the batch loop have in common when they are made.</summary>
internal static class BatchEnvironments
{
    /// <param name="population">Ownership passes to the environment.</param>
    /// <param name="model">Ownership passes to the environment.</param>
    /// <param name="truth">The bytes that decide the model's probabilities; they enter the fingerprint.</param>
    /// <param name="parts">What it is composed of beside the model; none for users who stay as they are and answer each item for itself.</param>
    /// <exception cref="UserMistakeException">Some of the dynamics make users leave, but there are no sessions to leave.</exception>
    public static IEnvironment Create(
        string name, EnvironmentContext context, BatchOptions options, int slateSize, int iterations, Population population, IResponseModel model, ReadOnlySpan<byte> truth,
        EnvironmentParts? parts = null)
    {
        if (parts is { Sessions: null } && parts.Dynamics.FirstOrDefault(part => part.EndsSessions) is { } ending)
            throw new UserMistakeException($"The dynamics '{ending.Name}' make users leave, but sessionLimit was none. Set sessionLimit, the rounds of the longest session, or leave the dynamics out.");
        var allowed = options.Eligibility is { } path ? Eligibility.Read(path, population, slateSize) : null;
        var spec = new EnvironmentSpec
        {
            Name = name,
            UserCount = population.UserCount,
            Part = context.Part is null ? null : UsersOf(context, population),
            ItemCount = population.ItemCount,
            SlateSize = slateSize,
            HistoryLength = options.HistoryLength ?? Math.Max(10, 5 * slateSize),
            UserFeatureCount = (int)(population.UserFeatures?.size(1) ?? 0),
            ItemFeatureCount = (int)(population.ItemFeatures?.size(1) ?? 0),
            Device = context.Device,
            DefaultIterations = iterations,
            PopulationFingerprint = Fingerprint(name, population, truth, allowed),
            HasEpisodes = parts?.Sessions is not null,
            SessionLimit = parts?.Sessions?.Limit ?? 0,
        };
        var candidates = Candidates.Create(options, spec, allowed, context.Seed);
        var environment = parts?.Sessions is null
            ? new BatchEnvironment(spec, population, model, options.Sampling, context.Seed, parts, candidates)
            : new SessionEnvironment(spec, population, model, options.Sampling, context.Seed, parts, candidates);
        return options.Delay + options.DelaySpread > 0
            ? DelayedEnvironment.Around(environment, options.Delay, options.DelaySpread, context.Seed)
            : environment;
    }

    /// <summary>The users whose state an environment is to hold.</summary>
    /// <exception cref="UserMistakeException">Users were asked for that there are not.</exception>
    public static UserRange UsersOf(EnvironmentContext context, Population population)
    {
        var users = context.Part ?? new UserRange(0, population.UserCount);
        return users.First >= 0 && users.Count >= 0 && users.First <= population.UserCount - users.Count
            ? users
            : throw new UserMistakeException($"{users.Count} users from user {users.First} on were asked for, the population has users 0 to {population.UserCount - 1}.");
    }

    /// <summary>Checks sizes before anything large is made from them.</summary>
    /// <exception cref="UserMistakeException">More slots than items.</exception>
    public static void RequireSlateFits(int slateSize, int itemCount)
    {
        if (slateSize > itemCount)
            throw new UserMistakeException($"slateSize was {slateSize}, must be at most the number of items, which is {itemCount}: the items of a slate are distinct.");
    }

    /// <summary>Checks a size that the user asked for against what the files hold.</summary>
    /// <param name="asked">None where the user left it to the files.</param>
    /// <exception cref="UserMistakeException">They differ.</exception>
    public static void RequireSameSize(string option, int? asked, int held, string dataFolder)
    {
        if (asked is { } wanted && wanted != held)
            throw new UserMistakeException($"{option} was {wanted}, but the data in {dataFolder} holds {held}. Leave {option} out, or set it to {held}.");
    }

    private static string Fingerprint(string name, Population population, ReadOnlySpan<byte> truth, ReadOnlySpan<bool> allowed)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes($"{name} {population.Fingerprint} "));
        hash.AppendData(truth);
        if (allowed.Length > 0)
        {
            hash.AppendData("eligible"u8);
            hash.AppendData(MemoryMarshal.AsBytes(allowed));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
