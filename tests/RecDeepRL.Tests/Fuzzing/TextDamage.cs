using System.Text;

namespace RecDeepRL.Tests.Fuzzing;

/// <summary>Damages a table of text that stays a table: fields, delimiters, quotation marks, lines, ends of lines.</summary>
internal static class TextDamage
{
    private static readonly string[] s_delimiters = [",", "::", "\t", "|", ";"];

    public static byte[] Of(byte[] content, Random random)
    {
        var lines = Encoding.Latin1.GetString(content).Split('\n').ToList();
        for (var edits = 1 + random.Next(3); edits > 0; edits--)
        {
            var line = random.Next(lines.Count);
            var delimiter = s_delimiters.FirstOrDefault(lines[line].Contains) ?? ",";
            var fields = lines[line].Split(delimiter).ToList();
            var field = random.Next(fields.Count);
            switch (random.Next(10))
            {
                case 0:
                    fields.RemoveAt(field);
                    break;
                case 1:
                    fields.Insert(field, fields[field]);
                    break;
                case 2:
                    fields[field] = "\"" + fields[field];
                    break;
                case 3:
                    fields[field] = "\"" + fields[field].Replace("\"", "\"\"", StringComparison.Ordinal) + "\n\"";
                    break;
                case 4:
                    lines.Insert(line, lines[random.Next(lines.Count)]);
                    continue;
                case 5:
                    lines.RemoveAt(line);
                    if (lines.Count == 0)
                        lines.Add("");
                    continue;
                case 6:
                    fields[field] = Hostile.Text(random);
                    break;
                default:
                    fields[field] = Hostile.Number(random);
                    break;
            }
            lines[line] = string.Join(random.Next(20) == 0 ? s_delimiters[random.Next(s_delimiters.Length)] : delimiter, fields);
        }
        var text = string.Join(random.Next(20) == 0 ? "\r\n" : "\n", lines);
        var bytes = (random.Next(2) == 0 ? Encoding.UTF8 : Encoding.Latin1).GetBytes(text);
        return random.Next(30) == 0 ? [0xEF, 0xBB, 0xBF, .. bytes] : bytes;
    }
}
