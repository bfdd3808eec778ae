using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Marks one required symbol version of a 64-bit little-endian ELF library weak (VER_FLG_WEAK in its vna_flags).</summary>
/// <remarks>Layout: ELF-64 object file format; the section type SHT_GNU_verneed and its records Elf64_Verneed and
/// Elf64_Vernaux are described in the Linux Standard Base, "Symbol Versioning".</remarks>
public sealed class WeakenSymbolVersion : Task
{
    private const uint VersionNeedSection = 0x6ffffffe;
    private const ushort WeakFlag = 0x2;

    [Required]
    public string Folder { get; set; }

    [Required]
    public string FileName { get; set; }

    [Required]
    public string SymbolVersion { get; set; }

    public override bool Execute()
    {
        if (!Directory.Exists(Folder))
            return true;
        foreach (var path in Directory.GetFiles(Folder, FileName, SearchOption.AllDirectories))
        {
            var image = File.ReadAllBytes(path);
            if (!Weaken(image))
                continue;
            var written = File.GetLastWriteTimeUtc(path);
            var temporary = path + ".weakened";
            File.WriteAllBytes(temporary, image);
            // The package's time is kept, so that the next incremental build sees an unchanged file and does not copy it again.
            File.SetLastWriteTimeUtc(temporary, written);
            File.Delete(path);
            File.Move(temporary, path);
            Log.LogMessage(MessageImportance.Normal, "Marked " + SymbolVersion + " weak in " + path);
        }
        return true;
    }

    private bool Weaken(byte[] image)
    {
        if (image.Length < 64 || image[0] != 0x7f || image[1] != 'E' || image[2] != 'L' || image[3] != 'F' || image[4] != 2 || image[5] != 1)
            return false;
        var sections = (long)BitConverter.ToUInt64(image, 0x28);
        var sectionSize = BitConverter.ToUInt16(image, 0x3a);
        var sectionCount = BitConverter.ToUInt16(image, 0x3c);
        var changed = false;
        for (var index = 0; index < sectionCount; index++)
        {
            var header = checked((int)(sections + (long)index * sectionSize));
            if (BitConverter.ToUInt32(image, header + 4) != VersionNeedSection)
                continue;
            var needs = checked((int)BitConverter.ToUInt64(image, header + 0x18));
            var needCount = BitConverter.ToUInt32(image, header + 0x2c);
            var stringsHeader = checked((int)(sections + (long)BitConverter.ToUInt32(image, header + 0x28) * sectionSize));
            var strings = checked((int)BitConverter.ToUInt64(image, stringsHeader + 0x18));
            for (var need = 0; need < needCount; need++)
            {
                var auxiliaryCount = BitConverter.ToUInt16(image, needs + 2);
                var auxiliary = checked(needs + (int)BitConverter.ToUInt32(image, needs + 8));
                for (var entry = 0; entry < auxiliaryCount; entry++)
                {
                    var flags = BitConverter.ToUInt16(image, auxiliary + 4);
                    var name = checked(strings + (int)BitConverter.ToUInt32(image, auxiliary + 8));
                    if (NameIs(image, name) && (flags & WeakFlag) == 0)
                    {
                        image[auxiliary + 4] = (byte)(flags | WeakFlag);
                        changed = true;
                    }
                    auxiliary = checked(auxiliary + (int)BitConverter.ToUInt32(image, auxiliary + 12));
                }
                needs = checked(needs + (int)BitConverter.ToUInt32(image, needs + 12));
            }
        }
        return changed;
    }

    private bool NameIs(byte[] image, int start)
    {
        var wanted = Encoding.ASCII.GetBytes(SymbolVersion + "\0");
        for (var offset = 0; offset < wanted.Length; offset++)
        {
            if (image[start + offset] != wanted[offset])
                return false;
        }
        return true;
    }
}
