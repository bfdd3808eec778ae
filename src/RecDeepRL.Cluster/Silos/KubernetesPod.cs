using System.Net;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;

namespace RecDeepRL.Cluster.Silos;

/// <summary>What a worker must be told of its pod, by environment variables that its manifest fills.</summary>
internal static class KubernetesPod
{
    private const string AddressVariable = "POD_IP";

    /// <summary>All that are needed; those of the API server are set by Kubernetes itself.</summary>
    private static readonly string[] s_needed = ["POD_NAME", "POD_NAMESPACE", AddressVariable, "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"];

    /// <summary>By these the pods of a cluster are known. Absent they are the cluster's name too.</summary>
    private static readonly string[] s_names = ["ORLEANS_CLUSTER_ID", "ORLEANS_SERVICE_ID"];

    /// <summary>The settings with the pod's address.</summary>
    /// <param name="variable">Value of an environment variable; none where it is not set.</param>
    /// <exception cref="UserMistakeException">The process is in no pod, or is told something else there than the settings say.</exception>
    public static ClusterSettings Place(ClusterSettings settings, Func<string, string?> variable)
    {
        var absent = s_needed.Where(name => string.IsNullOrWhiteSpace(variable(name))).ToList();
        if (absent.Count > 0)
            throw new UserMistakeException($"kubernetes is true, but the environment variables {string.Join(", ", absent)} are not set. Start the worker in a pod, with a manifest such as deploy/kubernetes.yaml, or leave kubernetes out.");
        if (!IPAddress.TryParse(variable(AddressVariable), out var address))
            throw new UserMistakeException($"The environment variable {AddressVariable} was {OptionText.Received(variable(AddressVariable)!)}, must be the address of the pod, as deploy/kubernetes.yaml sets it.");
        foreach (var name in s_names)
        {
            if (variable(name) is { Length: > 0 } given && given != settings.ClusterId)
                throw new UserMistakeException($"The environment variable {name} was {OptionText.Received(given)}, but the clusterId of the cluster file is '{settings.ClusterId}'. Give both the same, and the pod's labels too.");
        }
        return settings with { Address = address.ToString() };
    }
}
