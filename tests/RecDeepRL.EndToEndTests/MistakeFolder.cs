namespace RecDeepRL.EndToEndTests;

/// <summary>A folder with whole and broken files, in which mistakes are made.</summary>
public abstract class MistakeFolder : WorkingFolder
{
    /// <summary>Gives a command that is wrong: it says so in one line, with the texts in it, ends with exit code 2, and leaves the folder as it was.</summary>
    protected void Make(string command, string[] texts)
    {
        File.WriteAllText(PathOf("empty.json"), "");
        File.WriteAllText(PathOf("wrong.json"), """{ "agents": {} }""");
        File.WriteAllText(PathOf("list.json"), "[1]");
        // Ports below those that systems hand out, and which nobody is known to use.
        File.WriteAllText(PathOf("cluster.json"), """{ "clusterId": "nobody", "siloPort": 21987, "gatewayPort": 21997, "failureSeconds": 2 }""");
        File.WriteAllText(PathOf("redis.json"), """{ "clustering": "redis" }""");
        File.WriteAllText(PathOf("redis-words.json"), """{ "clustering": "redis", "connectionString": "db:6379,colour=red" }""");
        File.WriteAllText(PathOf("redis-nobody.json"), """{ "clustering": "redis", "connectionString": "127.0.0.1:1,connectTimeout=500", "siloPort": 21987, "gatewayPort": 21997, "failureSeconds": 2 }""");
        File.WriteAllText(PathOf("tls.json"), """{ "certificate": "absent.pfx", "trustedCertificate": "absent.pem" }""");
        File.WriteAllText(PathOf("tls-half.json"), """{ "certificate": "absent.pfx" }""");
        File.WriteAllText(PathOf("pod.json"), """{ "clustering": "redis", "connectionString": "db:6379", "kubernetes": true }""");
        File.WriteAllText(PathOf("postgres.json"), """{ "clustering": "postgresql" }""");
        File.WriteAllText(PathOf("users.csv"), "age,gender\n1,F\n18,M\n25,F\n");
        File.WriteAllText(PathOf("other.csv"), "age\n1\n");
        Directory.CreateDirectory(PathOf("full"));
        File.WriteAllText(PathOf("full/notes"), "mine");
        Directory.CreateDirectory(PathOf("hollow"));
        Directory.CreateDirectory(PathOf("ratings"));
        File.WriteAllText(PathOf("ratings/ratings.csv"), "userId,movieId,rating,timestamp\n1,2,4,10\n1,3,five,10\n");
        File.WriteAllText(PathOf("ratings/movies.csv"), "movieId,title,genres\n2,A (1990),Drama\n");
        var before = Everything();

        Run(command.Split(' ', StringSplitOptions.RemoveEmptyEntries)).IsAMistake(texts);

        Assert.Equal(before, Everything());
    }

    protected List<string> Everything() =>
        [.. Directory.EnumerateFileSystemEntries(Folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Folder, path)).Order(StringComparer.Ordinal)];
}
