using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using RecDeepRL.Data.Datasets;

namespace RecDeepRL.Benchmarks;

/// <summary>Five million ratings in the layout of MovieLens 1M: the importer against a loop that splits each line, which checks nothing and keeps nothing.</summary>
public class ImportBenchmarks
{
    private const int Rows = 5_000_000;
    private string _folder = null!;

    [GlobalSetup]
    public void Write()
    {
        _folder = Directory.CreateTempSubdirectory("recdeeprl-ratings-").FullName;
        using (var file = new StreamWriter(Path.Combine(_folder, "ratings.dat"), append: false, Encoding.Latin1, bufferSize: 1 << 20))
        {
            // Each of 5,000 users has 1,000 of the 4,000 movies, in no order.
            for (var row = 0; row < Rows; row++)
                file.Write(string.Create(CultureInfo.InvariantCulture, $"{1 + (row / 1000)}::{1 + ((row * 2371L) % 4000)}::{1 + (row % 5)}::{956703932 + row}\n"));
        }
        File.WriteAllText(Path.Combine(_folder, "users.dat"), "1::F::1::10::48067\n");
        File.WriteAllText(Path.Combine(_folder, "movies.dat"), "1::Toy Story (1995)::Animation|Comedy\n");
    }

    [GlobalCleanup]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [Benchmark(Baseline = true)]
    public double SplitLines()
    {
        double sum = 0;
        foreach (var line in File.ReadLines(Path.Combine(_folder, "ratings.dat"), Encoding.Latin1))
        {
            var fields = line.Split("::");
            sum += long.Parse(fields[0], CultureInfo.InvariantCulture) + long.Parse(fields[1], CultureInfo.InvariantCulture)
                + double.Parse(fields[2], CultureInfo.InvariantCulture) + long.Parse(fields[3], CultureInfo.InvariantCulture);
        }
        return sum;
    }

    [Benchmark]
    public Dataset ReadIntoMemory() => DatasetSource.Read(_folder);

    [Benchmark]
    public DatasetManifest ImportToParquet() => Import(new ImportOptions());

    [Benchmark]
    public DatasetManifest ImportToParquetKeepingDuplicates() => Import(new ImportOptions { KeepDuplicates = true });

    private DatasetManifest Import(ImportOptions options)
    {
        var destination = Path.Combine(_folder, "imported");
        var manifest = DatasetSource.Open(_folder, options).Import(destination);
        Directory.Delete(destination, recursive: true);
        return manifest;
    }
}
