using System.Text.Json;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;

namespace RecDeepRL.Cluster;

/// <summary>Reads the JSON file that describes a cluster: the settings by name, each of which may be absent.</summary>
public static class ClusterFile
{
    /// <exception cref="UserMistakeException">The file is missing, not JSON, or holds something unknown or out of range; all faults are named.</exception>
    public static ClusterSettings Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), OptionJson.Lenient);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new JsonException("It is no JSON object.");
            var given = document.RootElement.EnumerateObject().Where(entry => entry.Name != "$schema").Select(entry => KeyValuePair.Create(entry.Name, OptionJson.TextOf(entry.Value)));
            var settings = (ClusterSettings)OptionsBinder.Bind(typeof(ClusterSettings), given);
            return settings with { Certificate = Beside(path, settings.Certificate), TrustedCertificate = Beside(path, settings.TrustedCertificate) };
        }
        catch (UserMistakeException mistake)
        {
            throw new UserMistakeException($"The cluster file '{path}' is wrong: {mistake.Message[(mistake.Message.IndexOf(':', StringComparison.Ordinal) + 2)..]}", mistake);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException($"The cluster file '{path}' cannot be read: {fault.Message} Take configs/cluster.json for a start.", fault);
        }
        catch (Exception fault) when (StrictJson.IsDamage(fault))
        {
            throw new UserMistakeException($"The cluster file '{path}' is not valid JSON of the expected form: {fault.Message.ReplaceLineEndings(" ")} configs/cluster.json shows the form.", fault);
        }
    }

    private static string? Beside(string path, string? file) => file is null ? null : Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, file);
}
