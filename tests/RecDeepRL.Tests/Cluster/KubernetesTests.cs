using k8s;
using k8s.Models;
using Orleans.Hosting.Kubernetes;
using RecDeepRL.Cluster;
using RecDeepRL.Cluster.Silos;
using RecDeepRL.Core;
using RecDeepRL.Tests.Experiments;

namespace RecDeepRL.Tests.Cluster;

/// <summary>deploy/kubernetes.yaml, read by Kubernetes' own client: it gives a worker what Orleans' hosting package and ours ask of a pod. Nothing runs it here.</summary>
public sealed class KubernetesTests : IDisposable
{
    private static readonly Lazy<List<object>> s_manifest = new(() => KubernetesYaml.LoadAllFromString(File.ReadAllText(Path.Combine(Repository.Root, "deploy", "kubernetes.yaml")), strict: true));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static V1PodTemplateSpec Pod => One<V1Deployment>().Spec.Template;

    private static V1Container Worker => Assert.Single(Pod.Spec.Containers);

    [Fact]
    public void ThePodIsToldWhatTheHostingPackageAsksFor()
    {
        Assert.Equal("metadata.name", Field(KubernetesHostingOptions.PodNameEnvironmentVariable));
        Assert.Equal("metadata.namespace", Field(KubernetesHostingOptions.PodNamespaceEnvironmentVariable));
        Assert.Equal("status.podIP", Field(KubernetesHostingOptions.PodIPEnvironmentVariable));
        Assert.Equal($"metadata.labels['{KubernetesHostingOptions.ServiceIdLabel}']", Field(KubernetesHostingOptions.ServiceIdEnvironmentVariable));
        Assert.Equal($"metadata.labels['{KubernetesHostingOptions.ClusterIdLabel}']", Field(KubernetesHostingOptions.ClusterIdEnvironmentVariable));
        Assert.NotEmpty(Variable(ClusterSettings.ConnectionVariable).SecretKeyRef.Name);
    }

    [Fact]
    public void TheServiceAccountMayDoWhatTheHostingPackageDoesAndNoMore()
    {
        var (account, role, binding) = (One<V1ServiceAccount>(), One<V1Role>(), One<V1RoleBinding>());
        var rule = Assert.Single(role.Rules);

        Assert.Equal([""], rule.ApiGroups);
        Assert.Equal(["pods"], rule.Resources);
        // Pods of lost workers are not deleted, so that is not among them.
        Assert.Equal(["get", "list", "patch", "watch"], rule.Verbs.Order(StringComparer.Ordinal));
        Assert.False(new KubernetesHostingOptions().DeleteDefunctSiloPods);
        Assert.Equal((role.Metadata.Name, "Role"), (binding.RoleRef.Name, binding.RoleRef.Kind));
        var subject = Assert.Single(binding.Subjects);
        Assert.Equal((account.Metadata.Name, "ServiceAccount"), (subject.Name, subject.Kind));
        Assert.Equal(account.Metadata.Name, Pod.Spec.ServiceAccountName);
    }

    [Fact]
    public void TheClusterFileBindsAndFitsThePod()
    {
        var map = One<V1ConfigMap>();
        File.WriteAllText(_folder.PathOf("cluster.json"), map.Data["cluster.json"]);
        var settings = ClusterFile.Read(_folder.PathOf("cluster.json"));

        Assert.True(settings.Kubernetes);
        Assert.Null(settings.ConnectionString);
        Assert.Equal(settings.ClusterId, Pod.Metadata.Labels[KubernetesHostingOptions.ClusterIdLabel]);
        Assert.Equal(settings.ClusterId, Pod.Metadata.Labels[KubernetesHostingOptions.ServiceIdLabel]);
        Assert.Equal([settings.SiloPort, settings.GatewayPort], Worker.Ports.Select(port => port.ContainerPort));
        Assert.True(settings.MemoryMegabytes * 1_000_000m < Worker.Resources.Limits["memory"].ToDecimal());
        var mount = Worker.VolumeMounts.Single(one => one.Name == Pod.Spec.Volumes.Single(volume => volume.ConfigMap?.Name == map.Metadata.Name).Name);
        Assert.Equal(["worker", "--cluster", mount.MountPath + "/cluster.json"], Worker.Args);
        Assert.Equal(One<V1Deployment>().Spec.Selector.MatchLabels["app"], Pod.Metadata.Labels["app"]);
        // With what Kubernetes fills in for the variables, the worker listens on the pod's address.
        var placed = KubernetesPod.Place(settings, name => Worker.Env.Any(one => one.Name == name) ? Filled(name) : name.StartsWith("KUBERNETES_SERVICE_", StringComparison.Ordinal) ? "10.0.0.1" : null);
        Assert.Equal(System.Net.IPAddress.Parse("10.1.2.3"), placed.ListeningAddress);
    }

    [Fact]
    public void OutsideOfAPodOrWithAnotherNameAWorkerSaysWhatIsWrong()
    {
        var settings = new ClusterSettings { Clustering = Clustering.Redis, ConnectionString = "db:6379", Kubernetes = true };

        var outside = Refused(settings, _ => null);
        Assert.Contains("POD_NAME, POD_NAMESPACE, POD_IP, KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT are not set", outside, StringComparison.Ordinal);
        Assert.Contains("POD_IP was here", Refused(settings, name => name == "POD_IP" ? "here" : Filled(name)), StringComparison.Ordinal);
        Assert.Contains("clusterId of the cluster file is 'other'", Refused(settings with { ClusterId = "other" }, Filled), StringComparison.Ordinal);
    }

    private static string Refused(ClusterSettings settings, Func<string, string?> variable) => Assert.Throws<UserMistakeException>(() => KubernetesPod.Place(settings, variable)).Message;

    private static string Filled(string name) => name == "POD_IP" ? "10.1.2.3" : "recdeeprl";

    private static T One<T>() => s_manifest.Value.OfType<T>().Single();

    private static V1EnvVarSource Variable(string name) => Worker.Env.Single(one => one.Name == name).ValueFrom;

    private static string Field(string name) => Variable(name).FieldRef.FieldPath;
}
