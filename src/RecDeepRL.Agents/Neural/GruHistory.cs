using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RecDeepRL.Agents.Neural;

/// <summary>A gated recurrent unit (Cho et al. 2014; the gates as in PyTorch's) over the recent items, oldest first, each with its response.</summary>
/// <remarks>r = σ(Wᵣx + Uᵣh), z = σ(W_z x + U_z h), n = tanh(Wₙx + r ⊙ Uₙh), h ← z ⊙ h + (1 − z) ⊙ n; every W and U with a bias. h starts at 0 and
/// stays as it is where nothing was shown.</remarks>
internal sealed class GruHistory(ParameterBlock block) : IHistoryEncoder
{
    private readonly Tensor _input = block["history.input.weight"];
    private readonly Tensor _inputBias = block["history.input.bias"];
    private readonly Tensor _hidden = block["history.hidden.weight"];
    private readonly Tensor _hiddenBias = block["history.hidden.bias"];

    public static IEnumerable<ParameterShape> Shapes(int embeddingSize)
    {
        var bound = 1 / Math.Sqrt(embeddingSize);
        return
        [
            new("history.input.weight", bound, 3 * embeddingSize, embeddingSize + 1), new("history.input.bias", bound, 3 * embeddingSize),
            new("history.hidden.weight", bound, 3 * embeddingSize, embeddingSize), new("history.hidden.bias", bound, 3 * embeddingSize),
        ];
    }

    public Tensor Encode(Tensor points, Tensor shown, Tensor responses)
    {
        using var scope = NewDisposeScope();
        var inputs = functional.linear(cat([points, responses.unsqueeze(2)], 2), _input, _inputBias);
        var present = shown.to_type(ScalarType.Float32).unsqueeze(2);
        var state = zeros([points.size(0), points.size(2)], ScalarType.Float32, points.device);
        for (var place = 0L; place < points.size(1); place++)
        {
            var from = inputs.select(1, place).chunk(3, 1);
            var kept = functional.linear(state, _hidden, _hiddenBias).chunk(3, 1);
            var reset = from[0].add(kept[0]).sigmoid();
            var update = from[1].add(kept[1]).sigmoid();
            var proposal = from[2].add(reset.mul(kept[2])).tanh();
            // Where nothing was shown the step is exactly 0.
            var step = proposal.sub(state).mul(update.neg().add(1)).mul(present.select(1, place));
            state = state.add(step);
        }
        return state.MoveToOuterDisposeScope();
    }
}
