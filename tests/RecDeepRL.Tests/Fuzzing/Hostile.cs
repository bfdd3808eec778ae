namespace RecDeepRL.Tests.Fuzzing;

/// <summary>Values at which readers break.</summary>
internal static class Hostile
{
    private static readonly long[] s_wholes =
    [
        0, 1, -1, 2, -2, 7, 255, 256, -128, 65536, int.MaxValue, int.MinValue, (long)int.MaxValue + 1, uint.MaxValue, 1L << 40, 1L << 53, long.MaxValue, long.MinValue, 100_000_000, -100_000_000,
    ];

    /// <summary>As they would stand in JSON or a table; some are no numbers that any type holds.</summary>
    private static readonly string[] s_numbers = ["0.5", "-0.0", "1e-320", "1e308", "-1e308", "1e400", "1e-400", "9223372036854775808", "123456789012345678901234567890", "0.1000000000000000055511151231257827"];

    private static readonly string[] s_texts =
    [
        "", " ", "null", "NaN", "Infinity", "-Infinity", "none", "true", "a\nb", "a,b;c\t\"", "\u0000", "../../outside", "/etc/hostname", "C:\\outside", "%s%n", "{0}", "<script>alert(1)</script>", "[red]markup[/]", "𝒳é\u202E", "1,5", "0x10", "1_000",
    ];

    public static long Whole(Random random) => random.Next(4) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : s_wholes[random.Next(s_wholes.Length)];

    public static string Number(Random random) => random.Next(3) == 0
        ? s_numbers[random.Next(s_numbers.Length)]
        : Whole(random).ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static string Text(Random random) => random.Next(12) == 0 ? new string('x', 1 << random.Next(17)) : s_texts[random.Next(s_texts.Length)];
}
