using TorchSharp;
using static TorchSharp.torch;

namespace RecDeepRL.Experiments.Speed;

/// <summary>What is done on a device, for measurements: other devices than the CPU go on working after a call has returned, until a value is read.</summary>
public static class DeviceWork
{
    /// <summary>Does something to its end.</summary>
    /// <param name="device">Where it is done.</param>
    public static void ToItsEnd(Device device, Action action)
    {
        action();
        if (device.type == DeviceType.CPU)
            return;
        using var last = zeros([], device: device);
        last.item<float>();
    }

    /// <summary>Processor time where one thread of the CPU does all of it, so that other programs count for little; else time by the clock.</summary>
    public static Func<TimeSpan> Time(Device device, int threads) => device.type == DeviceType.CPU && threads == 1 ? Alternating.ProcessorTime : Alternating.Clock;
}
