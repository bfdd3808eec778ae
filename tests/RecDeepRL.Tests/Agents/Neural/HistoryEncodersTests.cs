using RecDeepRL.Agents.Neural;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

public sealed class HistoryEncodersTests
{
    private sealed record Options : StateOptions;

    public static TheoryData<HistoryEncoding> Kinds => [.. Enum.GetValues<HistoryEncoding>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void WhereNothingWasShownNothingIsAdded(HistoryEncoding kind)
    {
        using var scope = NewDisposeScope();
        using var part = new Part(kind, length: 4);
        var points = new RandomStream(1, "points").Normal(0, CPU, 2, 4, 2);
        var shown = tensor(new[,] { { false, false, true, true }, { false, false, false, false } });
        var responses = tensor(new[,] { { 0f, 0f, 1f, 0f }, { 0f, 0f, 0f, 0f } });
        var encoded = part.Encoder.Encode(points, shown, responses).detach();
        Assert.Equal([2, HistoryEncoders.Width(kind, 2)], encoded.shape);
        // Whatever stands in the empty places, the encoding is the same to the last bit; of no history it is exactly 0.
        var other = points.clone();
        other.narrow(1, 0, 2).fill_(1000);
        other.select(0, 1).fill_(1000);
        Assert.True(TensorComparison.SameAs(encoded, part.Encoder.Encode(other, shown, responses).detach()));
        Assert.All(encoded[1].data<float>().ToArray(), value => Assert.Equal(0, value));
        // And what was shown does count.
        other.select(1, 3).add_(1);
        Assert.False(TensorComparison.SameAs(encoded[0], part.Encoder.Encode(other, shown, responses)[0].detach()));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EveryParameterIsReachedByALoss(HistoryEncoding kind)
    {
        using var scope = NewDisposeScope();
        using var part = new Part(kind, length: 4);
        if (kind == HistoryEncoding.Pooled)
            return;
        var points = new RandomStream(1, "points").Normal(0, CPU, 3, 4, 2);
        var encoded = part.Encoder.Encode(points, ones(3, 4, dtype: ScalarType.Bool), ones(3, 4));
        var gradient = part.Block.Gradient(encoded.mul(tensor(new[] { 1f, 2f }).repeat(encoded.shape[1] / 2)).square().sum());
        // Keys of two places need not differ in any one number, but no whole tensor may be without effect.
        var offset = 0L;
        foreach (var shape in HistoryEncoders.Shapes(kind, part.Spec, 2))
        {
            Assert.True(gradient.narrow(0, offset, shape.Count).abs().max().item<float>() > 0, $"{shape.Name} has no effect");
            offset += shape.Count;
        }
    }

    [Fact]
    public void TheGatedUnitIsPyTorchsCell()
    {
        using var scope = NewDisposeScope();
        using var part = new Part(HistoryEncoding.Gru, length: 3);
        using var cell = nn.GRUCell(3, 2);
        using (no_grad())
        {
            cell.weight_ih!.copy_(part.Block["history.input.weight"]);
            cell.weight_hh!.copy_(part.Block["history.hidden.weight"]);
            cell.bias_ih!.copy_(part.Block["history.input.bias"]);
            cell.bias_hh!.copy_(part.Block["history.hidden.bias"]);
        }
        var points = new RandomStream(1, "points").Normal(0, CPU, 5, 3, 2);
        var responses = new RandomStream(2, "responses").Uniform(0, CPU, 5, 3);
        var expected = zeros(5, 2);
        for (var place = 0; place < 3; place++)
            expected = cell.forward(cat([points.select(1, place), responses.select(1, place).unsqueeze(1)], 1), expected);
        Assert.True(expected.allclose(part.Encoder.Encode(points, ones(5, 3, dtype: ScalarType.Bool), responses), 1e-5, 1e-6));
    }

    [Fact]
    public void DecayedSumsFadeByTheSlateAndCountHowOftenSomethingWasShown()
    {
        using var scope = NewDisposeScope();
        using var part = new Part(HistoryEncoding.Decayed, length: 4, slateSize: 2);
        var points = tensor(new[] { 1f, 10f, 2f, 20f, 3f, 30f, 4f, 40f }).reshape(1, 4, 2);
        var encoded = part.Encoder.Encode(points, ones(1, 4, dtype: ScalarType.Bool), tensor(new[,] { { 1f, 0f, 1f, 1f } })).detach();
        // Two slates of two. Liked: places 0, 2 and 3; not liked: place 1. ρ = σ(2) = .880797, then ½. Liked, ρ₁: (1 − ρ)/2 · (ρ · 1 + 3 + 4) = .0596015 · 7.880797 = .469707;
        // ρ₂: ¼ · (½ + 7) = 1.875. Not liked, ρ₁: .0596015 · .880797 · 2 = .104994; ρ₂: ¼ · ½ · 2 = .25. The second coordinate is ten times the first.
        Assert.Equal([0.469707f, 4.69707f, 1.875f, 18.75f, 0.104994f, 1.04994f, 0.25f, 2.5f], encoded.data<float>().ToArray(), (one, other) => Math.Abs(one - other) < 1e-4);
    }

    [Fact]
    public void AttentionSeenFromTheNewestIsTheLastRowOfTheWholeBlock()
    {
        using var scope = NewDisposeScope();
        using var part = new Part(HistoryEncoding.Attention, length: 3, width: 4);
        var points = new RandomStream(1, "points").Normal(0, CPU, 2, 3, 4);
        var responses = new RandomStream(2, "responses").Uniform(0, CPU, 2, 3);
        var shown = tensor(new[,] { { true, true, true }, { false, true, true } });
        var encoded = part.Encoder.Encode(points, shown, responses).detach();
        for (var user = 0; user < 2; user++)
        {
            // Written out for each head and place with plain sums over the places shown.
            var inputs = cat([points[user], responses[user].unsqueeze(1)], 1).matmul(part.Block["history.input"].t()).add(part.Block["history.ages"]);
            var normed = Norm(inputs);
            var query = normed[2].matmul(part.Block["history.query"].t());
            var keys = normed.matmul(part.Block["history.keyAndValue"].narrow(0, 0, 4).t());
            var values = normed.matmul(part.Block["history.keyAndValue"].narrow(0, 4, 4).t());
            var seen = zeros(4);
            for (var head = 0; head < 2; head++)
            {
                var scores = Enumerable.Range(0, 3).Select(place => shown[user, place].item<bool>()
                    ? Math.Exp(query.narrow(0, 2 * head, 2).mul(keys[place].narrow(0, 2 * head, 2)).sum().item<float>() / Math.Sqrt(2)) : 0).ToArray();
                for (var place = 0; place < 3; place++)
                    seen.narrow(0, 2 * head, 2).add_(values[place].narrow(0, 2 * head, 2).detach(), alpha: scores[place] / scores.Sum());
            }
            var mixed = inputs[2].add(seen.matmul(part.Block["history.output"].t()));
            var fed = Norm(mixed).matmul(part.Block["history.first"].t()).add(part.Block["history.first.bias"]).relu().matmul(part.Block["history.second"].t());
            Assert.True(mixed.add(fed).detach().allclose(encoded[user], 1e-4, 1e-5));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void AStateIsAsWideAsItSays(HistoryEncoding kind)
    {
        using var scope = NewDisposeScope();
        using var toy = ToyBandit.TwoGroups(4, 6, 1, 1);
        var options = new Options { EmbeddingSize = 3, UserIds = true, Encoder = kind };
        using var scale = new FeatureScale(toy.Population, CPU);
        using var block = new ParameterBlock(StateEncoder.Shapes(toy.Spec, options), CPU);
        block.Initialise(new RandomStream(1, "test"));
        var encoder = new StateEncoder(toy.Spec, block, scale, options);
        using var observation = toy.Observe();
        Assert.Equal([4, StateEncoder.Width(toy.Spec, options)], encoder.States(observation, encoder.Items()).shape);
    }

    private static Tensor Norm(Tensor values)
    {
        var centred = values.sub(values.mean([-1], keepdim: true));
        return centred.div(centred.square().mean([-1], keepdim: true).add(1e-5).sqrt());
    }

    private sealed class Part : IDisposable
    {
        public Part(HistoryEncoding kind, int length, int slateSize = 1, int width = 2)
        {
            using var toy = new ToyBandit(new float[1, 3], slateSize);
            Spec = toy.Spec with { HistoryLength = length };
            Block = new ParameterBlock(HistoryEncoders.Shapes(kind, Spec, width), CPU);
            Block.Initialise(new RandomStream(3, "history"));
            Encoder = HistoryEncoders.Create(kind, Block, slateSize);
        }

        public EnvironmentSpec Spec { get; }

        public ParameterBlock Block { get; }

        public IHistoryEncoder Encoder { get; }

        public void Dispose() => Block.Dispose();
    }
}
