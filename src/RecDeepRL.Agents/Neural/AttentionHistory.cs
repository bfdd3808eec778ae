using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RecDeepRL.Agents.Neural;

/// <summary>One block of causal self-attention over the recent items with their responses and ages (SASRec, Kang and McAuley 2018), seen from the newest.</summary>
/// <remarks>x = W[point, response] + age; h = x + A(norm(x)); out = h + F(norm(h)), A two heads (one where E is odd), F two layers with a rectifier.
/// Only the newest place is asked for, so only its row of the attention is computed; with one block nothing else would reach it.
/// Deviates: responses enter, norms have no gains of their own, no dropout.</remarks>
internal sealed class AttentionHistory(ParameterBlock block) : IHistoryEncoder
{
    private const double Masked = -1e9;
    private readonly Tensor _input = block["history.input"];
    private readonly Tensor _ages = block["history.ages"];
    private readonly Tensor _query = block["history.query"];
    private readonly Tensor _keyAndValue = block["history.keyAndValue"];
    private readonly Tensor _output = block["history.output"];
    private readonly Tensor _first = block["history.first"];
    private readonly Tensor _firstBias = block["history.first.bias"];
    private readonly Tensor _second = block["history.second"];

    public static IEnumerable<ParameterShape> Shapes(int historyLength, int embeddingSize)
    {
        var bound = 1 / Math.Sqrt(embeddingSize);
        return
        [
            new("history.input", bound, embeddingSize, embeddingSize + 1), new("history.ages", 0.1, historyLength, embeddingSize),
            new("history.query", bound, embeddingSize, embeddingSize), new("history.keyAndValue", bound, 2 * embeddingSize, embeddingSize),
            new("history.output", bound, embeddingSize, embeddingSize),
            new("history.first", bound, embeddingSize, embeddingSize), new("history.first.bias", bound, embeddingSize), new("history.second", bound, embeddingSize, embeddingSize),
        ];
    }

    public Tensor Encode(Tensor points, Tensor shown, Tensor responses)
    {
        using var scope = NewDisposeScope();
        var (users, length, width) = (points.size(0), points.size(1), points.size(2));
        var heads = width % 2 == 0 ? 2 : 1;
        var inputs = functional.linear(cat([points, responses.unsqueeze(2)], 2), _input).add(_ages);
        var newest = inputs.select(1, length - 1);
        var normed = functional.layer_norm(inputs, [width]);
        var query = functional.linear(normed.select(1, length - 1), _query).reshape(users, heads, 1, width / heads);
        var keyAndValue = functional.linear(normed, _keyAndValue).reshape(users, length, 2, heads, width / heads);
        var keys = keyAndValue.select(2, 0).transpose(1, 2);
        var values = keyAndValue.select(2, 1).transpose(1, 2);
        var likeness = query.matmul(keys.transpose(2, 3)).div(Math.Sqrt((double)width / heads)).masked_fill(shown.logical_not().reshape(users, 1, 1, length), Masked);
        // e^(Masked) is exactly 0 in float32, so a place where nothing was shown has no part in a row that has any other.
        var seen = likeness.softmax(-1).matmul(values).reshape(users, width);
        var mixed = newest.add(functional.linear(seen, _output));
        var fed = functional.linear(functional.relu(functional.linear(functional.layer_norm(mixed, [width]), _first, _firstBias)), _second);
        return mixed.add(fed).mul(shown.select(1, length - 1).to_type(ScalarType.Float32).unsqueeze(1)).MoveToOuterDisposeScope();
    }
}
