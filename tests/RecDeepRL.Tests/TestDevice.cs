using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests;

/// <summary>The device that the contracts of agents and environments are held on: the CPU, unless the environment variable RECDEEPRL_TEST_DEVICE names another, such as <c>cuda</c>.</summary>
internal static class TestDevice
{
    public static Device Chosen { get; } = Devices.Choose(Environment.GetEnvironmentVariable("RECDEEPRL_TEST_DEVICE") is { Length: > 0 } asked ? asked : "cpu");
}
