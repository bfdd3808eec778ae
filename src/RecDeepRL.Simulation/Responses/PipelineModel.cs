using System.Security.Cryptography;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Simulation.Responses.Steps;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Responses;

/// <summary>A response model made of steps: each computes a number for every pair of a user and an item from users, items, iteration and
/// earlier steps; the last one's, clipped to [0, 1], is the probability.</summary>
/// <remarks>After the response functions of Sim4Rec (sb-ai-lab/Sim4Rec, sim4rec/response), which are composed in a Spark pipeline. Two
/// differences: the last step there draws the response by a coin, which here the environment tosses; and noise there is drawn anew at each
/// call, while here it belongs to pair and iteration, so that the truth of an iteration can be asked for.
/// Computed in float64 and rounded once, at the end.</remarks>
internal sealed class PipelineModel : IResponseModel
{
    private readonly List<(IResponseStep Step, int[] Inputs)> _steps = [];
    private readonly int _itemCount;

    private PipelineModel(int itemCount) => _itemCount = itemCount;

    public bool IsStationary => _steps.All(one => one.Step.IsStationary);

    /// <param name="option">Name of the option that holds the parts, for messages.</param>
    /// <exception cref="UserMistakeException">A step of an unknown kind, faults in its options or inputs, or features or files that it lacks.</exception>
    public static PipelineModel Create(string option, PartList parts, PartContext context)
    {
        var options = parts.Select(part => (ResponseStepOptions)OptionsBinder.Bind(ResponseStepRegistry.Find(part.Kind).OptionsType, part.Options)).ToList();
        var faults = new List<string>();
        var wires = StepWiring.Wire(option, parts, options, faults);
        if (faults.Count > 0)
            throw new UserMistakeException($"The response model is invalid: {string.Join("; ", faults)}.");
        var model = new PipelineModel(context.Population.ItemCount);
        try
        {
            foreach (var (index, part) in parts.Index())
                model._steps.Add((Make(ResponseStepRegistry.Find(part.Kind), context, options[index], OptionsBinder.PartName(option, index, part)), wires[index]));
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>What is wrong with the steps' options and names, without making them.</summary>
    /// <param name="parts">Of known kinds, with options that are valid each for itself.</param>
    public static IReadOnlyList<string> FaultsOf(string option, PartList parts)
    {
        var faults = new List<string>();
        StepWiring.Wire(option, parts, [.. parts.Select(part => (ResponseStepOptions)OptionsBinder.Bind(ResponseStepRegistry.Find(part.Kind).OptionsType, part.Options))], faults);
        return faults;
    }

    public Tensor Probabilities(Tensor userIds, Tensor items, long iteration) => Evaluate(new PairBatch(userIds, items, _itemCount, iteration));

    public Tensor Probabilities(Tensor userIds, long iteration) => Evaluate(new PairBatch(userIds, null, _itemCount, iteration));

    /// <summary>Hashes what decides the probabilities beside options and population.</summary>
    public void AddTo(IncrementalHash hash) => _steps.ForEach(one => one.Step.AddTo(hash));

    public void Dispose() => _steps.ForEach(one => one.Step.Dispose());

    private static IResponseStep Make(ComponentRegistration<PartContext, IResponseStep> registration, PartContext context, ResponseStepOptions options, string where)
    {
        try
        {
            return registration.Create(context, options);
        }
        catch (UserMistakeException mistake)
        {
            throw new UserMistakeException($"{where}: {mistake.Message}", mistake);
        }
    }

    private Tensor Evaluate(PairBatch pairs)
    {
        using var scope = NewDisposeScope();
        // A step's values outlive the scope of the step that asked for them first: others may ask for them again.
        var known = new Dictionary<(int, PairBatch), Tensor>();
        try
        {
            return ValueOf(_steps.Count - 1, pairs).clamp(0.0, 1.0).expand(pairs.Shape).to_type(ScalarType.Float32).contiguous().MoveToOuterDisposeScope();
        }
        finally
        {
            foreach (var value in known.Values)
                value.Dispose();
        }

        Tensor ValueOf(int index, PairBatch asked)
        {
            if (known.TryGetValue((index, asked), out var value))
                return value;
            var (step, inputs) = _steps[index];
            return known[(index, asked)] = step.Compute(asked, new StepInputs(inputs.Length, (input, other) => ValueOf(inputs[input], other))).DetachFromDisposeScope();
        }
    }
}
