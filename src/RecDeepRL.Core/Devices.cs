using System.Globalization;
using TorchSharp;

namespace RecDeepRL.Core;

/// <summary>Turns what the user asked for into a device; asking for CUDA where there is none is an error, never a silent fallback.</summary>
public static class Devices
{
    /// <param name="text"><c>cpu</c>, <c>cuda</c>, <c>cuda:N</c> or <c>auto</c> (CUDA where present, else the CPU).</param>
    /// <exception cref="UserMistakeException">Another text, no CUDA, or no such CUDA device.</exception>
    public static torch.Device Choose(string text)
    {
        switch (text)
        {
            case "cpu":
                return torch.CPU;
            case "auto":
                return torch.cuda.is_available() ? new torch.Device(DeviceType.CUDA, 0) : torch.CPU;
            case "cuda":
                return Cuda(0);
            default:
                if (text.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
                    return Cuda(index);
                throw new UserMistakeException($"Unknown device '{text}'. Allowed are cpu, cuda, cuda:N (such as cuda:1) and auto.");
        }
    }

    /// <summary>The device as the user would write it.</summary>
    public static string Describe(torch.Device device) =>
        device.type == DeviceType.CPU ? "cpu" : $"{device.type.ToString().ToLowerInvariant()}:{Math.Max(device.index, 0)}";

    private static torch.Device Cuda(int index)
    {
        if (!torch.cuda.is_available())
            throw new UserMistakeException("Device cuda was asked for, but libtorch found no CUDA device. Use --device cpu or auto, or install an NVIDIA driver and build with CUDA (environment variable RECDEEPRL_CUDA=true).");
        var count = torch.cuda.device_count();
        if (index >= count)
            throw new UserMistakeException($"There is no device cuda:{index}; this machine has {count}, cuda:0 to cuda:{count - 1}.");
        return new torch.Device(DeviceType.CUDA, index);
    }
}
