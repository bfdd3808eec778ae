using static TorchSharp.torch;

namespace RecDeepRL.Tests.Core;

/// <summary>Runs something while libtorch may use another number of threads.</summary>
internal static class Threads
{
    public static void With(int count, Action action)
    {
        var before = get_num_threads();
        set_num_threads(count);
        try
        {
            action();
        }
        finally
        {
            set_num_threads(before);
        }
    }
}
