using RecDeepRL.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Core;

public sealed class DevicesTests
{
    [Fact]
    public void TheCpuIsAlwaysThere() => Assert.Equal("cpu", Devices.Describe(Devices.Choose("cpu")));

    [Fact]
    public void AutoTakesCudaWhereItIsPresent() =>
        Assert.Equal(cuda.is_available() ? "cuda:0" : "cpu", Devices.Describe(Devices.Choose("auto")));

    [SkippableTheory]
    [InlineData("cuda")]
    [InlineData("cuda:0")]
    public void CudaWithoutCudaIsAnErrorAndNoFallback(string text)
    {
        Skip.If(cuda.is_available(), "needs a machine without CUDA");
        Assert.Contains("no CUDA device", Assert.Throws<UserMistakeException>(() => Devices.Choose(text)).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void ACudaDeviceBeyondThoseThereIsRefused()
    {
        Skip.IfNot(cuda.is_available(), "needs a CUDA device");
        Assert.Equal("cuda:0", Devices.Describe(Devices.Choose("cuda")));
        Assert.Contains("no device cuda:99", Assert.Throws<UserMistakeException>(() => Devices.Choose("cuda:99")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("gpu")]
    [InlineData("CPU")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:x")]
    [InlineData("cuda: 1")]
    [InlineData("cuda:99999999999")]
    public void AnyOtherTextIsRefusedWithWhatIsAllowed(string text) =>
        Assert.Equal(
            $"Unknown device '{text}'. Allowed are cpu, cuda, cuda:N (such as cuda:1) and auto.",
            Assert.Throws<UserMistakeException>(() => Devices.Choose(text)).Message);

    [Fact]
    public void ADeviceIsDescribedAsTheUserWouldWriteIt() => Assert.Equal("cuda:1", Devices.Describe(new Device(DeviceType.CUDA, 1)));
}
