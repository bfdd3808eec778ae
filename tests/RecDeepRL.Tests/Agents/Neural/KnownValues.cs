using RecDeepRL.Agents.Neural;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

/// <summary>Networks of <see cref="ItemValueAgent"/> that are known: items at points eᵢ of a line, both outputs linear in e as long as e is above 0, the state's value a constant.</summary>
internal static class KnownValues
{
    /// <summary>Sizes and rates with which networks stay as they are set.</summary>
    public static T Fixed<T>(T options)
        where T : ItemValueOptions => options with
        {
            HiddenSize = 1,
            EmbeddingSize = 1,
            Discount = 0.9,
            LearningRate = 1e-12,
            Tau = 1e-12,
            Warmup = 0,
            BatchSize = 16,
            Epsilon = 0,
        };

    /// <summary>First output = e, second = slope · e, state = state, where states have a value.</summary>
    /// <param name="points">e of each item, in (0, 1).</param>
    public static void Set(ItemValueNetwork network, float[] points, float slope = 0, float state = 0)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        network.Parameters.Values.zero_();
        network.Parameters["items.embedding"].copy_(tensor(points).unsqueeze(1).atanh());
        network.Parameters["pairs.item.weight"].fill_(1);
        network.Parameters["pairs.hidden.weight"].fill_(1);
        network.Parameters["pairs.output.weight"].copy_(tensor(new[,] { { 1f }, { slope } }));
        if (state != 0)
            network.Parameters["state.1.bias"].fill_(state);
    }

    /// <summary>All rows of the buffer, oldest first, with returns of one step.</summary>
    public static ReplayBatch Rows(ReplayingAgent agent) => agent.Replay.Take(arange(agent.Replay.Count - 1, -1, -1, ScalarType.Int64), 1, agent.Discount);

    public static bool Near(float one, float other) => Math.Abs(one - other) < 1e-5;
}
