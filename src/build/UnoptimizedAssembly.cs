using System;
using System.IO;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Has the just-in-time compiler leave an assembly unoptimised, as it does with debug builds: sets the flag DisableOptimizations in
/// the assembly's DebuggableAttribute.</summary>
/// <remarks>The attribute's value is a blob (ECMA-335, II.23.3): prolog 01 00, the DebuggingModes as int32, no named arguments. A release build has
/// IgnoreSymbolStoreSequencePoints (2); Default | DisableOptimizations is 0x101. Same length, so nothing else moves.</remarks>
public sealed class UnoptimizedAssembly : Task
{
    private static readonly byte[] s_release = { 8, 1, 0, 2, 0, 0, 0, 0, 0 };
    private static readonly byte[] s_unoptimized = { 8, 1, 0, 3, 1, 0, 0, 0, 0 };

    [Required]
    public string Folder { get; set; }

    [Required]
    public string FileName { get; set; }

    public override bool Execute()
    {
        var path = Path.Combine(Folder, FileName);
        if (!File.Exists(path))
            return true;
        var image = File.ReadAllBytes(path);
        var place = IndexOf(image, s_release, 0);
        if (place < 0 && IndexOf(image, s_unoptimized, 0) >= 0)
            return true;
        if (place < 0 || IndexOf(image, s_release, place + 1) >= 0)
        {
            Log.LogError(path + " has no DebuggableAttribute of a release build, or it cannot be told from other data. See src/build/KeepArguments.targets.");
            return false;
        }
        s_unoptimized.CopyTo(image, place);
        var written = File.GetLastWriteTimeUtc(path);
        var temporary = path + ".unoptimized";
        File.WriteAllBytes(temporary, image);
        // The package's time is kept, so that the next incremental build sees an unchanged file and does not copy it again.
        File.SetLastWriteTimeUtc(temporary, written);
        File.Delete(path);
        File.Move(temporary, path);
        Log.LogMessage(MessageImportance.Normal, "Left unoptimised: " + path);
        return true;
    }

    private static int IndexOf(byte[] image, byte[] wanted, int start)
    {
        for (var place = start; place <= image.Length - wanted.Length; place++)
        {
            var matched = 0;
            while (matched < wanted.Length && image[place + matched] == wanted[matched])
                matched++;
            if (matched == wanted.Length)
                return place;
        }
        return -1;
    }
}
