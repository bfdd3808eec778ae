using RecDeepRL.Agents.Exploration;
using RecDeepRL.Core;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RecDeepRL.Agents.Neural;

/// <summary>How users answer a slate, as <c>slateq</c> takes it.</summary>
public enum SlateResponse
{
    /// <summary>Each item is answered for itself, and every item shown changes the user.</summary>
    Independent,

    /// <summary>Items compete for at most one response by a multinomial logit, and only the item chosen, or the choice of none, changes the user.</summary>
    MultinomialLogit,
}

/// <summary>Options of <c>slateq</c>.</summary>
public sealed record SlateQOptions : ItemValueOptions
{
    /// <summary>How users answer a slate: each item for itself, or one item at most by a multinomial logit. Default independent.</summary>
    public SlateResponse Choice { get; init; } = SlateResponse.Independent;

    /// <summary>How the best slate is found where items compete: exact, greedy, or the items of the highest weight times value; the same where they do not. Default exact.</summary>
    public SlateSearch Search { get; init; } = SlateSearch.Exact;

    /// <summary>Whether the next state is worth what the exploring policy will show there (SARSA), or else the best slate (Q-learning). Default false.</summary>
    public bool OnPolicy { get; init; }
}

/// <summary>SlateQ (Ie et al. 2019): the value of a slate from values of its items and a learned model of the user's choice among them.</summary>
/// <remarks>What the two decompositions are, and what they deviate in from the paper, stands in docs/agents/slateq.md.</remarks>
internal sealed class SlateQAgent(AgentContext context, SlateQOptions options)
    : ItemValueAgent(context, "slateq", options, valuesStates: true, "choice_loss", "value_loss", "mean_value", "mean_target")
{
    /// <summary>Values are some 1 / (1 − discount) times as large as responses; their errors are counted in units of a response.</summary>
    private double ValueWeight => (1 - Discount) * (1 - Discount);

    internal override Tensor Update(ReplayBatch batch, long update)
    {
        var next = NextValues(batch, update);
        var outputs = Online.Of(batch.Observation, batch.Items);
        var (choice, value, errors, mean) = options.Choice == SlateResponse.Independent ? Independent(batch, outputs, next) : Competing(batch, outputs, next);
        var loss = batch.Mean(choice) + (batch.Mean(value) * ValueWeight);
        Minimise(loss);
        Figures.Add(choice.mean(), value.mean(), mean, next.mean());
        return errors.detach().abs();
    }

    /// <summary>What comes after each slate: rewards of later slates in returns of several steps, and the discounted worth of the slate that the next state is answered with.</summary>
    /// <returns>[R] float32, without gradient.</returns>
    internal Tensor NextValues(ReplayBatch batch, long update)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var later = batch.LaterRewards is { } rewards ? rewards : zeros_like(batch.Responses.select(1, 0));
        if (Discount == 0)
            return later.alias().MoveToOuterDisposeScope();
        var worth = Worth(batch, TargetItems(update), update).masked_fill(batch.Terminated, 0f);
        return later.add(worth.mul(batch.Discounts!)).MoveToOuterDisposeScope();
    }

    public override EstimateKind EstimateKind => EstimateKind.Response;

    /// <summary>The response to each item; where items compete, to the item shown alone, which is chosen over none with probability v/(v + 1).</summary>
    protected override Tensor Estimates(ItemValueNetwork network, Observation observation)
    {
        var (first, _, _) = network.Of(observation, null);
        return options.Choice == SlateResponse.Independent ? first : first.sigmoid();
    }

    protected override Tensor Scores(ItemValueNetwork network, Observation observation)
    {
        var (first, second, state) = network.Of(observation, null);
        return options.Choice == SlateResponse.Independent
            ? first.add(second)
            : SlateChoices.Scores(first.exp(), second, state, Spec.SlateSize, observation.EligibleItems, options.Search);
    }

    /// <summary>The worth of the slate chosen for each next state among some items, under the target network. [R].</summary>
    private Tensor Worth(ReplayBatch batch, Tensor? items, long update)
    {
        var (first, second, state) = Target.Of(batch.Next!, items);
        var slateSize = Spec.SlateSize;
        if (options.Choice == SlateResponse.Independent)
        {
            var values = first.add(second);
            return values.gather(1, Shown(batch, SlateChoices.Best(values, slateSize, null), values, update)).sum(1).add(state);
        }
        var weights = first.exp();
        var scores = SlateChoices.Scores(weights, second, state, slateSize, null, options.Search);
        return SlateChoices.Worth(weights, second, state, Shown(batch, SlateChoices.Best(scores, slateSize, null), weights, update));
    }

    /// <summary>Responses: E[r | s, i] for each item shown. Values: what comes after a slate is the state's share and the sum of what each item adds or takes.</summary>
    private static (Tensor Choice, Tensor Value, Tensor Errors, Tensor Mean) Independent(ReplayBatch batch, (Tensor First, Tensor Second, Tensor State) outputs, Tensor next)
    {
        Guard.Shape(outputs.First, "responses", "rows, slots", batch.Responses.shape);
        var expected = outputs.Second.sum(1).add(outputs.State);
        Guard.Shape(expected, "values", "rows", next.shape);
        var errors = expected.sub(next);
        return (outputs.First.sub(batch.Responses).square(), errors.square(), errors, expected.mean());
    }

    /// <summary>Choice: log probabilities of the item answered, or of none. Values: of the item answered, r + what comes after; of none, what comes after.</summary>
    private static (Tensor Choice, Tensor Value, Tensor Errors, Tensor Mean) Competing(ReplayBatch batch, (Tensor First, Tensor Second, Tensor State) outputs, Tensor next)
    {
        // The last column stands for choosing nothing, whose utility is 0.
        var answered = batch.Responses.gt(0).to_type(ScalarType.Float32);
        var taken = cat([answered, answered.sum(1, keepdim: true).eq(0f).to_type(ScalarType.Float32)], 1);
        var utilities = cat([outputs.First, zeros_like(outputs.State).unsqueeze(1)], 1);
        var choice = functional.log_softmax(utilities, 1).mul(taken).sum(1).neg();
        var targets = cat([batch.Responses, zeros_like(next).unsqueeze(1)], 1).add(next.unsqueeze(1));
        var errors = cat([outputs.Second, outputs.State.unsqueeze(1)], 1).sub(targets).mul(taken);
        Guard.Shape(errors, "values", "rows, slots and none", batch.Responses.size(0), batch.Responses.size(1) + 1);
        return (choice, errors.square().sum(1), errors.sum(1), errors.add(targets.mul(taken)).sum(1).mean());
    }

    /// <summary>The slates as the exploring policy shows them, where the target is that policy's.</summary>
    private Tensor Shown(ReplayBatch batch, Tensor slates, Tensor values, long update)
    {
        if (!options.OnPolicy)
            return slates;
        // A batch may hold a user twice, so that rows and not users draw.
        var rows = new Observation
        {
            UserIds = batch.Positions ?? arange(slates.size(0), ScalarType.Int64, slates.device),
            RecentItems = slates,
            RecentResponses = slates,
            Iteration = update,
            DrawKey = update,
        };
        return new ExploringSlots(Context with { Spec = Spec with { ItemCount = (int)values.size(1) } }, "slateq:next").Fill(slates, rows, Epsilon);
    }
}
