using System.Data.Common;
using System.Net.Sockets;
using Npgsql;
using RecDeepRL.Core;

namespace RecDeepRL.Cluster;

/// <summary>The tables that Orleans keeps a cluster's membership in, in a PostgreSQL data base.</summary>
public static class ClusterSchema
{
    private static readonly string[] s_scripts = ["PostgreSQL-Main.sql", "PostgreSQL-Clustering.sql"];

    /// <summary>Makes them where they are missing: all of them or, if anything fails, none.</summary>
    /// <returns>False where they were there already.</returns>
    /// <exception cref="UserMistakeException">The cluster has no data base, or it cannot be reached or written to.</exception>
    public static bool Apply(ClusterSettings settings)
    {
        if (settings.Clustering == Clustering.Redis)
            throw new UserMistakeException("This cluster has clustering redis, which needs no schema: workers make what they need in it when they start. Go on with 'worker --cluster FILE'.");
        if (settings.Clustering != Clustering.Postgresql)
            throw new UserMistakeException("This cluster has clustering localhost, which needs no schema. Set clustering to postgresql in its file, with a connectionString.");
        var text = Membership.ConnectionString(settings);
        try
        {
            using var connection = new NpgsqlConnection(text);
            connection.Open();
            using var transaction = connection.BeginTransaction();
            using (var lookup = new NpgsqlCommand("SELECT to_regclass('orleansmembershiptable') IS NOT NULL", connection, transaction))
            {
                if ((bool)lookup.ExecuteScalar()!)
                    return false;
            }
            foreach (var script in s_scripts)
            {
                using var command = new NpgsqlCommand(Read(script), connection, transaction);
                command.ExecuteNonQuery();
            }
            transaction.Commit();
            return true;
        }
        catch (Exception fault) when (fault is DbException or SocketException or TimeoutException or ArgumentException)
        {
            throw new UserMistakeException($"The data base of the cluster '{settings.ClusterId}' cannot be set up: {Core.Options.OptionText.FirstLine(fault.Message)}. Look at its connectionString, and whether its user may create tables.", fault);
        }
    }

    private static string Read(string name)
    {
        using var stream = typeof(ClusterSchema).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not part of the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
